/** The samples of one image as they are stored, before anything is made of them. */
export interface Frame {
  /** Pixel by pixel [rows, columns, samples], or `planar`: [samples, rows, columns]. */
  readonly samples: Uint8Array | Uint16Array;
  readonly planar: boolean;
  readonly bitsStored: number;
  readonly highBit: number;
  /** The decoder has made RGB of the colours already. */
  readonly isRgb: boolean;
}
