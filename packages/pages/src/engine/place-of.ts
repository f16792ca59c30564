import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A frame of a stack trace: `judge (file:///home/me/step.ts:44:12)`, or the place without the function. */
const FRAME = /^(?:(?<caller>.*) \()?(?<file>.+?)(?:\?[^:)]*)?:(?<line>\d+):\d+\)?$/;

/** A frame for people: `judge, step.ts:44`, with the path as seen from `folder`, or from its package outside of it. */
export function placeOf(frame: string, folder: string): string {
  const { caller, file, line } = FRAME.exec(frame)?.groups ?? {};
  if (file === undefined) return frame;
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  const seen = relative(folder, path);
  const isOutside = seen.startsWith('..') || isAbsolute(seen);
  const inPackage = /.*[\\/]node_modules[\\/](.*)|.*[\\/](packages[\\/].*)/.exec(path);
  const place = isOutside ? (inPackage?.[1] ?? inPackage?.[2] ?? path) : seen;
  const isNamed = caller !== undefined && caller !== '<anonymous>';
  return `${isNamed ? `${caller}, ` : ''}${place.replaceAll('\\', '/')}:${line}`;
}
