/**
 * GAN architectures as plugins.
 *
 * @module @medgan/models
 */

export * from './catalogue.ts';
