import { instantiate, memoryOf, type Memory } from './wasm-memory.ts';
import type { ByteImage } from '../../byte-image.ts';
import { RESAMPLE_WASM } from './resample-wasm.ts';
import { reachOf, type Taps } from './taps.ts';

/** The functions of resample.wat: every number is a length, or an address in the memory they share. */
interface Kernel {
  readonly memory: Memory;
  readonly across: (...numbers: readonly number[]) => void;
  readonly down: (...numbers: readonly number[]) => void;
}

/** Input rows in the kernel's memory at once, where one row does not take more: the memory never shrinks. */
const STRIP_BYTES = 1 << 20;
/** The kernel reads and writes a few bytes after the last pixel. */
const SPARE_BYTES = 16;

const aligned = (bytes: number): number => (bytes + 15) & ~15;

let kernel: Kernel | undefined;

/**
 * Sums the pixels of an image by `across` within its rows, then by `down` within its columns, into `out`: uint8
 * [positions of down, positions of across, channels]. Rounded to 8 bits after each pass. Only the rows that `down` reads
 * are looked at.
 */
export function resample(
  { data, width, channels }: ByteImage,
  { across, down }: { readonly across: Taps; readonly down: Taps },
  out: Uint8Array,
): void {
  const columns = across.records.length / across.length;
  const lines = down.records.length / down.length;
  const { begin, end } = reachOf(down);
  const rowBytes = width * channels;
  const outBytes = columns * channels;
  const lineBytes = aligned(outBytes);
  const stripRows = Math.min(end - begin, Math.max(1, Math.floor(STRIP_BYTES / rowBytes)));

  const downAt = aligned(across.records.byteLength);
  const outAt = downAt + aligned(down.records.byteLength);
  const betweenAt = outAt + lines * lineBytes;
  const stripAt = betweenAt + aligned((end - begin) * lineBytes + SPARE_BYTES);
  kernel ??= instantiate<Kernel>(RESAMPLE_WASM);
  const memory = memoryOf(kernel, stripAt + stripRows * rowBytes + SPARE_BYTES);
  new Int32Array(memory, 0, across.records.length).set(across.records);
  new Int32Array(memory, downAt, down.records.length).set(down.records);
  const bytes = new Uint8Array(memory);

  for (let row = begin; row < end; row += stripRows) {
    const rows = Math.min(stripRows, end - row);
    bytes.set(data.subarray(row * rowBytes, (row + rows) * rowBytes), stripAt);
    const to = betweenAt + (row - begin) * lineBytes;
    kernel.across(stripAt, rows, rowBytes, channels, 0, 4 * across.length, columns, to, lineBytes);
  }
  kernel.down(betweenAt - begin * lineBytes, lineBytes, downAt, 4 * down.length, lines, outAt);

  if (lineBytes === outBytes) out.set(bytes.subarray(outAt, outAt + lines * lineBytes));
  else
    for (let y = 0; y < lines; y++) {
      const from = outAt + y * lineBytes;
      out.set(bytes.subarray(from, from + outBytes), y * outBytes);
    }
}
