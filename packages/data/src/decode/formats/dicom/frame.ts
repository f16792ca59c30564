/** The samples of one image as they are stored, before anything is made of them. */
export interface Frame {
  /** Pixel by pixel [rows, columns, samples], or `planar`: [samples, rows, columns]. */
  readonly samples: Uint8Array | Uint16Array;
  readonly planar: boolean;
  /** Samples per pixel. */
  readonly components: 1 | 3;
  /** Two pixels share a chroma sample: they are stored as Y, Y, Cb, Cr. */
  readonly halfChroma?: boolean;
  readonly bitsStored: number;
  readonly highBit: number;
  /** The decoder has made RGB of the colours already. */
  readonly isRgb: boolean;
}
