export { default as colourJitter, type ColourJitterOptions } from './augmentations/colour-jitter.ts';
export { default as horizontalFlip } from './augmentations/horizontal-flip.ts';
export { default as quarterTurns } from './augmentations/quarter-turns.ts';
export { default as verticalFlip } from './augmentations/vertical-flip.ts';
export { default as imageFolder, type ImageFolderOptions } from './image-folder.ts';
export { clearPackedCache, describePack, listPackedCache, type CacheEntry } from './packed-cache.ts';
export { default as syntheticLesions } from './synthetic-lesions.ts';
