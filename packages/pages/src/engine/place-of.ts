import { isAbsolute, relative } from 'node:path';
import { parseFrame } from '@medgan/files';

/** A frame for people: `judge, step.ts:44`, with the path as seen from `folder`, or from its package outside of it. */
export function placeOf(frame: string, folder: string): string {
  const parsed = parseFrame(frame);
  if (parsed === undefined) return frame;
  const { caller, path, line } = parsed;
  const seen = relative(folder, path);
  const isOutside = seen.startsWith('..') || isAbsolute(seen);
  const inPackage = /.*[\\/]node_modules[\\/](.*)|.*[\\/](packages[\\/].*)/.exec(path);
  const place = isOutside ? (inPackage?.[1] ?? inPackage?.[2] ?? path) : seen;
  return `${caller === undefined ? '' : `${caller}, `}${place.replaceAll('\\', '/')}:${line}`;
}
