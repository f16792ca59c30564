/**
 * Datasets and augmentations: where images come from, and how they become bytes a training step can use.
 *
 * @module @medgan/data
 */

export * from './catalogue.ts';

export { inspectFolder } from './inspect/inspect-folder.ts';
export { inspectImages, type InspectOptions } from './inspect/inspect-images.ts';
export type {
  ClassFigures,
  DuplicateGroup,
  InspectedImage,
  Inspection,
  SheetRows,
  Spread,
} from './inspect/inspection.ts';
export {
  clearPackedCache,
  describePack,
  listPackedCache,
  type CacheEntry,
  type ClearOptions,
  type Cleared,
} from './pack/cache-contents.ts';
export { decodeImage } from './decode/decode-image.ts';
export { namedFolder, type FileOptions } from './pack/file-options.ts';
export { asideTexts, type LeftAside } from './find/left-aside.ts';
export { findImages } from './find/find-images.ts';
export { fitImage } from './decode/fit-image.ts';
export type { FoundFile } from './find/folder-walk.ts';
export { listFiles, openFiles, type ChosenFiles, type OpenOptions } from './pack/open-files.ts';
export type { ByteImage } from './byte-image.ts';
export { movePixels, type Source } from './augmentations/move-pixels.ts';
export { chooseClasses, type GroupedFile } from './find/class-folders.ts';
export type { Window } from './decode/formats/window.ts';
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
export {
  chooseImages,
  partsOf,
  requireGroups,
  type Choice,
  type ChooseOptions,
} from './splits/choose-images.ts';
export { csvLine } from './tables/csv-cell.ts';
export { splitGroups, type SplitItem, type SplitRule } from './splits/split-groups.ts';
