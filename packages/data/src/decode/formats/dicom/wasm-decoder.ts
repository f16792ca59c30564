/** What the header of a compressed frame says. */
interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
}

/** A decoder compiled to WebAssembly. Its arrays are windows into its own memory. */
export interface WasmDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  /** JPEG-LS: 0 = one plane after the other, 1 and 2 = pixel by pixel. */
  getInterleaveMode?(): number;
  delete(): void;
}

/** Decodes one frame and frees the decoder's memory. @throws Error in words, where the decoder gives a number. */
export function runDecoder<T>(
  decoder: WasmDecoder,
  encoded: Uint8Array,
  use: (decoder: WasmDecoder) => T,
): T {
  try {
    decoder.getEncodedBuffer(encoded.length).set(encoded);
    decoder.decode();
    return use(decoder);
  } catch (error) {
    // C++ exceptions arrive as addresses.
    if (error instanceof Error) throw error;
    throw new Error('its compressed pixels are damaged', { cause: error });
  } finally {
    decoder.delete();
  }
}
