import { fileURLToPath } from 'node:url';

/** `judge (file:///home/me/step.ts:44:12)`, or the place without the function; a loader may put a query behind the file. */
const FRAME = /^(?:(?<caller>.*) \()?(?<file>.+?)(?:\?[^:)]*)?:(?<line>\d+):\d+\)?$/;

/** Where a line of a stack trace points to. */
export interface StackFrame {
  /** The function; undefined where it has no name. */
  readonly caller: string | undefined;
  readonly path: string;
  readonly line: number;
}

/** A line of a stack trace, without its `at `; undefined where it names no file. */
export function parseFrame(frame: string): StackFrame | undefined {
  const { caller, file, line } = FRAME.exec(frame)?.groups ?? {};
  if (file === undefined) return undefined;
  return {
    caller: caller === '<anonymous>' ? undefined : caller,
    path: file.startsWith('file:') ? fileURLToPath(file) : file,
    line: Number(line),
  };
}

/** Who called the function that `isOwn` says is ours: the first frame outside of it; undefined where there is none. */
export function callerOutside(isOwn: (path: string) => boolean): StackFrame | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  const lines = (new Error().stack ?? '').split('\n').slice(2);
  Error.stackTraceLimit = limit;
  for (const line of lines) {
    const frame = parseFrame(line.trim().replace(/^at (async )?/, ''));
    if (frame !== undefined && !isOwn(frame.path)) return frame;
  }
  return undefined;
}
