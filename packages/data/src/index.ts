export { default as imageFolder, type ImageFolderOptions } from './image-folder.ts';
export { clearPackedCache, describePack, listPackedCache, type CacheEntry } from './packed-cache.ts';
export { default as syntheticLesions } from './synthetic-lesions.ts';
