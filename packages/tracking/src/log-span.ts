import { open, stat } from 'node:fs/promises';
import { LOG_START, readLog } from './read-log.ts';

/** Enough bytes for the last line, whatever figures it has. */
const TAIL = 1 << 16;

/** The times of the first and the last step logged, in milliseconds since the Unix epoch; undefined before the first. */
export async function logSpan(
  path: string,
): Promise<{ readonly first: number; readonly last: number } | undefined> {
  const first = (await readLog(path, LOG_START)).steps[0];
  if (!first) return undefined;
  const { size } = await stat(path);
  const handle = await open(path);
  try {
    const start = Math.max(0, size - TAIL);
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(TAIL), position: start });
    const last = buffer.toString('utf8', 0, bytesRead).split('\n').at(-2);
    return { first: first.time, last: last ? (JSON.parse(last) as { time: number }).time : first.time };
  } finally {
    await handle.close();
  }
}
