/** Bytes of the header: the number of segments and 15 offsets. */
const HEADER = 64;

/** PackBits (PS3.5 annex G.3): a segment unpacked into `out`. */
function unpack(packed: Uint8Array, out: Uint8Array): void {
  let [from, to] = [0, 0];
  while (to < out.length) {
    const count = packed[from++];
    if (count === undefined) throw new Error('DICOM run-length pixels are cut off');
    if (count < 128) {
      const run = Math.min(count + 1, out.length - to);
      if (from + run > packed.length) throw new Error('DICOM run-length pixels are cut off');
      out.set(packed.subarray(from, from + run), to);
      from += count + 1;
      to += run;
    } else if (count > 128) {
      const value = packed[from++];
      if (value === undefined) throw new Error('DICOM run-length pixels are cut off');
      out.fill(value, to, to + 257 - count);
      to += 257 - count;
    }
  }
}

/**
 * Run-length pixels (PS3.5 annex G) as little-endian samples, one plane after the other. Each segment is one byte of
 * every pixel, the most significant one first.
 */
export function decodeRle(
  bytes: Uint8Array,
  { pixels, planes, bytesEach }: { pixels: number; planes: number; bytesEach: number },
): Uint8Array {
  if (bytes.length < HEADER) throw new Error('DICOM run-length pixels are cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments = view.getUint32(0, true);
  if (segments !== planes * bytesEach)
    throw new Error(`DICOM run-length pixels have ${segments} segments instead of ${planes * bytesEach}`);
  const out = new Uint8Array(pixels * planes * bytesEach);
  const plane = new Uint8Array(pixels);
  for (let segment = 0; segment < segments; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < segments ? view.getUint32(8 + 4 * segment, true) : bytes.length;
    unpack(bytes.subarray(start, end), plane);
    const byte = bytesEach - 1 - (segment % bytesEach);
    const first = Math.floor(segment / bytesEach) * pixels * bytesEach + byte;
    for (let i = 0; i < pixels; i++) out[first + i * bytesEach] = plane[i]!;
  }
  return out;
}
