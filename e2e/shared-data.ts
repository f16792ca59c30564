import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The reference data that developers and CI have beside the checkout, and users do not. */
const SHARED = join(import.meta.dirname, '../../shared');

/** A folder of the reference data, or undefined, with the reason printed, where a user's machine has none. */
export function sharedData(folder: string): string | undefined {
  const path = join(SHARED, folder);
  if (existsSync(path)) return path;
  if (process.env['CI']) throw new Error(`CI must have the reference data: ${path} is missing`);
  process.stderr.write(`skipped: no reference data at ../shared/${folder}\n`);
  return undefined;
}
