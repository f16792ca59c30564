import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { main } from './main.ts';

let written = '';

beforeEach(() => {
  written = '';
  const write = (text: string | Uint8Array): boolean => {
    written += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(write);
  vi.spyOn(process.stderr, 'write').mockImplementation(write);
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

async function exitCodeOf(...args: string[]): Promise<number | string | null | undefined> {
  process.exitCode = undefined;
  await main(['node', 'medgan', ...args]);
  return process.exitCode;
}

it.each([
  { args: ['run', '--nonsense', 'a.yaml'], text: "unknown option '--nonsense'" },
  { args: ['data', 'cache', 'ls', '--nonsense'], text: "unknown option '--nonsense'" },
  { args: ['run'], text: "missing required argument 'control.yaml'" },
  { args: ['trian', 'a.yaml'], text: "unknown command 'trian'" },
  { args: ['bench', '--steps', 'many'], text: 'must be a whole number from 1 on' },
  { args: ['export', 'a', '--format', 'png', '--out', 'b'], text: 'Allowed choices are' },
  { args: ['experiment'], text: 'Usage: medgan experiment' },
  { args: ['experiment', 'run'], text: 'no study is named' },
  { args: ['bench', '--engine', 'cpu', '--precision', 'exact'], text: '--precision is of the engine native' },
])('answers a wrong command line with exit code 2: $args', async ({ args, text }) => {
  expect(await exitCodeOf(...args)).toBe(2);
  expect(written).toContain(text);
});

it('answers a fault with exit code 1', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'medgan-main-')), 'input.yaml');
  writeFileSync(file, 'arch: NOGAN\n');
  expect(await exitCodeOf('run', file)).toBe(1);
  expect(written).toContain('no architecture is called "NOGAN"');
  expect(await exitCodeOf('evaluate', 'no/such/run')).toBe(1);
});

it('answers help and version with exit code 0', async () => {
  expect(await exitCodeOf('--help')).toBe(0);
  expect(await exitCodeOf('data', 'split', '--help')).toBe(0);
  expect(await exitCodeOf('--version')).toBe(0);
});
