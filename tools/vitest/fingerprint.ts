import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** sha256 of every file that a run decides, by name: all but the clock's and the machine's. */
export function fingerprint(runDir: string): Record<string, string> {
  const files = readdirSync(runDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !['status.json', 'config.yaml'].includes(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.sort().map((path) => {
      const bytes = readFileSync(path);
      const content = path.endsWith('log.jsonl') ? bytes.toString().replace(/"time":[^,]+,/g, '') : bytes;
      return [relative(runDir, path), createHash('sha256').update(content).digest('hex')];
    }),
  );
}
