// Made from the plugins in this folder: npx nx g @medgan/nx-medgan:catalogue
export { default as colourJitter, type ColourJitterOptions } from './augmentations/colour-jitter.ts';
export { default as horizontalFlip } from './augmentations/horizontal-flip.ts';
export { default as quarterTurns } from './augmentations/quarter-turns.ts';
export { default as verticalFlip } from './augmentations/vertical-flip.ts';
export { default as imageFolder, type ImageFolderOptions } from './datasets/image-folder.ts';
export { default as imageTable, type ImageTableOptions } from './datasets/image-table.ts';
export { default as isic, type IsicOptions } from './datasets/isic.ts';
export { default as syntheticLesions, type SyntheticLesionsOptions } from './datasets/synthetic-lesions.ts';
