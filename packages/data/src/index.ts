export { default as imageFolder, type ImageFolderOptions } from './image-folder.ts';
export { denormalise, normaliseBatch, type BytePixels } from './image-normalisation.ts';
export { clearPackedCache, describePack, listPackedCache, type CacheEntry } from './packed-cache.ts';
