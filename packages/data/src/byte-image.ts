/** One decoded image of any size: uint8, HWC [height, width, channels], 1 (grey) or 3 (RGB) channels. */
export interface ByteImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}
