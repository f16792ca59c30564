import sharp from 'sharp';

/**
 * Names what decides decoded pixels besides the file: the reader's own rules and the codecs' release.
 * Raise the first number with every change that alters a pixel.
 */
export const DECODER_VERSION = `1 (libvips ${sharp.versions.vips})`;
