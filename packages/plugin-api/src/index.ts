/**
 * The contracts between MedImageGAN and its plugins, and what both sides need to keep them.
 *
 * @module @medgan/plugin-api
 */

export { MedganError } from '@medgan/files';
export * from './architecture.ts';
export * from './augmentation.ts';
export * from './classifier.ts';
export * from './clock.ts';
export * from './dataset.ts';
export * from './image-values.ts';
export * from './kinds.ts';
export * from './launcher.ts';
export * from './metric.ts';
export * from './nearest.ts';
export * from './objective.ts';
export * from './options.ts';
export * from './parameter-store.ts';
export * from './registry.ts';
export * from './rng.ts';
export * from './run-files.ts';
export * from './shape-scope.ts';
