declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  const load: (module: {
    readonly print: () => void;
    readonly printErr: () => void;
  }) => Promise<{ readonly J2KDecoder: new () => object }>;
  export default load;
}

declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  const load: (module: {
    readonly print: () => void;
    readonly printErr: () => void;
  }) => Promise<{ readonly JpegLSDecoder: new () => object }>;
  export default load;
}

declare module 'jpeg-lossless-decoder-js' {
  export class Decoder {
    /** Samples of all components, pixel by pixel; little endian, two bytes each where more than 8 bits are stored. */
    decompress(buffer: ArrayBuffer, offset?: number, length?: number): ArrayBuffer;
  }
}
