import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The reference data that developers and CI have beside the checkout, and users do not. */
const SHARED = join(import.meta.dirname, '../../../shared');

/**
 * A file or folder of the reference data, or undefined, with the reason printed, where a user's machine has none.
 *
 * @throws where it is absent and the environment variable CI is set: a skipped comparison must not look like a passed one.
 */
export function sharedData(path: string): string | undefined {
  const full = join(SHARED, path);
  if (existsSync(full)) return full;
  if (process.env['CI'])
    throw new Error(`CI is set, so the reference data must be there: ${full} is missing`);
  process.stderr.write(`skipped: no reference data at ../shared/${path}\n`);
  return undefined;
}
