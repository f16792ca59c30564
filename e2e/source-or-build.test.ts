import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const REPOSITORY = join(import.meta.dirname, '..');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'medgan-source-'));
  cpSync(join(REPOSITORY, 'packages/cli/bin'), join(folder, 'packages/cli/bin'), { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
  write('package.json', '{ "type": "module" }', 0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file of that age: larger is later. */
function write(name: string, text: string, time: number): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
  utimesSync(join(folder, name), time, time);
}

const says = (what: string): string => `export const main = () => console.log('${what}');\n`;

/** What starts: the source, or what was built of it. */
function started(): string {
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'packages/cli/bin/medgan.mjs')], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.trim();
}

it('starts the sources where there is no build, or where any package was changed since', () => {
  write('packages/cli/src/main.ts', says('source'), 100);
  expect(started()).toBe('source');
  write('packages/cli/dist/main.js', says('build'), 100);
  expect(started()).toBe('build');
  write('packages/engine/src/trace/trace.ts', '', 200);
  expect(started()).toBe('source');
  write('packages/engine/dist/trace/trace.js', '', 199);
  expect(started()).toBe('source');
  write('packages/engine/dist/trace/trace.js', '', 201);
  expect(started()).toBe('build');
});

it('does not wait for what is never built, and starts a published package, which has no sources', () => {
  write('packages/engine/src/trace/trace.test.ts', '', 300);
  expect(started()).toBe('build');
  rmSync(join(folder, 'packages/cli/src'), { recursive: true });
  rmSync(join(folder, 'packages/cli/bin/is-built.mjs'));
  expect(started()).toBe('build');
});
