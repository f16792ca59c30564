import { open } from 'node:fs/promises';
import { isAbsent } from '@medgan/files';

/** A step as `log.jsonl` has it. Values may be NaN or infinite. */
export interface LoggedStep {
  readonly step: number;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** By log key, such as `loss/generator`. */
  readonly values: Readonly<Record<string, number>>;
}

/** Where a reader of `log.jsonl` stands: after the line of `step`, which ends before byte `offset`. */
export interface LogPlace {
  readonly step: number;
  readonly offset: number;
}

/** The beginning of a log. */
export const LOG_START: LogPlace = { step: 0, offset: 0 };

/** Bytes read at a time; a line has about 200. */
const PIECE = 1 << 16;
const NEWLINE = 10;

function parse(text: string): LoggedStep {
  const { step, time, epoch, ...values } = JSON.parse(text) as Record<string, number | string>;
  return {
    step: Number(step),
    time: Number(time),
    values: {
      epoch: Number(epoch),
      ...Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Number(value)])),
    },
  };
}

/**
 * The steps logged after a place, and the place behind them; none yet is an empty list. Reads a piece at a time: call it
 * until it gives none. A line that is not whole yet is left for later. A run that is resumed takes lines back and writes
 * them again: then `offset` is found again by the step, and no step at or before `place.step` is given a second time.
 */
export async function readLog(
  path: string,
  place: LogPlace,
): Promise<{ readonly steps: readonly LoggedStep[]; readonly place: LogPlace }> {
  const from = await readPiece(path, place.offset);
  const first = from.lines[0];
  if (
    place.step === 0 ||
    (from.isLineStart && (first === undefined || parse(first).step === place.step + 1))
  ) {
    return taken(from, place);
  }
  let piece = await readPiece(path, 0);
  while (piece.lines.length > 0 && parse(piece.lines.at(-1)!).step <= place.step) {
    piece = await readPiece(path, piece.end);
  }
  return taken(piece, place);
}

function taken(
  { lines, end }: Piece,
  place: LogPlace,
): { readonly steps: readonly LoggedStep[]; readonly place: LogPlace } {
  const steps = lines.map(parse).filter(({ step }) => step > place.step);
  const last = steps.at(-1);
  return { steps, place: last ? { step: last.step, offset: end } : place };
}

/** Whole lines from `start` on, and the byte behind them. */
interface Piece {
  readonly lines: readonly string[];
  readonly end: number;
  /** Whether a line ends just before `start`. */
  readonly isLineStart: boolean;
}

async function readPiece(path: string, start: number): Promise<Piece> {
  const none = { lines: [], end: start, isLineStart: false };
  const handle = await open(path).catch((error: unknown) => {
    if (isAbsent(error)) return undefined;
    throw error;
  });
  if (!handle) return none;
  try {
    // One byte earlier, to see the newline before the piece.
    const before = Math.min(start, 1);
    const { bytesRead, buffer } = await handle.read({
      buffer: Buffer.alloc(PIECE + before),
      position: start - before,
    });
    if (bytesRead < before) return none;
    const isLineStart = before === 0 || buffer[0] === NEWLINE;
    const whole = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
    if (whole <= before) return { ...none, isLineStart };
    const lines = buffer.toString('utf8', before, whole).split('\n').slice(0, -1);
    return { lines, end: start - before + whole, isLineStart };
  } finally {
    await handle.close();
  }
}
