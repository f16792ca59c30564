import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { userName } from './user-name.ts';

describe('userName', () => {
  it("takes the tracking server's user, then the user of this machine", () => {
    expect(userName({ MLFLOW_TRACKING_USERNAME: 'ada', USER: 'root' })).toBe('ada');
    expect(userName({ USER: '', LOGNAME: 'grace' })).toBe('grace');
    expect(userName({})).not.toBe('');
  });

  const isRoot = process.getuid?.() === 0;
  it.skipIf(!isRoot)('is the user id where it has no name (as root, who can take such an id)', () => {
    const script = `process.setuid(54321); process.stdout.write((await import('./user-name.ts')).userName({}));`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    expect(execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' })).toBe(
      'uid 54321',
    );
  });
});
