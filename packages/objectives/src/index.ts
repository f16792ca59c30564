/**
 * What the two networks minimise, as plugins.
 *
 * @module @medgan/objectives
 */

export * from './catalogue.ts';
