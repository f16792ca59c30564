/**
 * Classifiers of images as plugins.
 *
 * @module @medgan/classifiers
 */

export * from './catalogue.ts';
