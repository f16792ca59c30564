/**
 * Datasets and augmentations: where images come from, and how they become bytes a training step can use.
 *
 * @module @medgan/data
 */

export * from './catalogue.ts';

export { inspectFolder } from './inspect/inspect-folder.ts';
export { inspectImages, type InspectedImage, type InspectOptions } from './inspect/inspect-images.ts';
export type { ClassFigures, DuplicateGroup, Inspection, SheetRows, Spread } from './inspect/inspection.ts';
export {
  clearPackedCache,
  describePack,
  listPackedCache,
  type CacheEntry,
  type ClearOptions,
  type Cleared,
} from './cache-folder.ts';
export { decodeImage } from './decode-image.ts';
export { namedFolder, type FileOptions } from './file-options.ts';
export { findImages } from './find-images.ts';
export { fitImage } from './fit-image.ts';
export type { FoundFile } from './folder-walk.ts';
export { listFiles, openFiles, type ChosenFiles, type OpenOptions } from './open-files.ts';
export type { ByteImage } from './pillow-resize.ts';
export { movePixels, type Source } from './augmentations/move-pixels.ts';
export { chooseClasses, type GroupedFile } from './class-folders.ts';
export type { Window } from './formats/window.ts';
export { IsicArchive, ISIC_API, type Search } from './isic/archive-client.ts';
export type { ArchiveImage, ImageSize } from './isic/archive-types.ts';
export {
  downloadImages,
  type DownloadOptions,
  type DownloadProgress,
  type DownloadResult,
} from './isic/download-images.ts';
export type { DownloadRequest } from './isic/download-record.ts';
export { PoliteHttp, type HttpOptions, type Manners } from './isic/polite-http.ts';
export { searchImages } from './isic/search-images.ts';
export { chooseImages, partsOf, type Choice, type ChooseOptions } from './splits/choose-images.ts';
export { splitGroups, type SplitItem, type SplitRule } from './splits/split-groups.ts';
