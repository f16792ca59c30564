import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { foreignFiles, someOf, unfinishedFiles, type OwnFiles } from './foreign-files.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'foreign-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (...paths: string[]): void => {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), '');
  }
};

const own: OwnFiles = (name) =>
  name === 'samples' ? (inside) => /^step-\d+$/.test(inside) : name === 'log.jsonl';

it('finds what the program has not written, at any depth it knows', () => {
  write('log.jsonl', 'log.jsonl.12-3.partial', 'samples/step-1/0.png', 'samples/mine.png', 'thesis.tex');
  expect(foreignFiles(folder, own)).toEqual(['samples/mine.png', 'thesis.tex']);
});

it('takes a file for foreign where the program has a folder', () => {
  write('samples');
  expect(foreignFiles(folder, own)).toEqual(['samples']);
});

it('finds nothing in a folder that is not there', () => {
  expect(foreignFiles(join(folder, 'none'), own)).toEqual([]);
});

it('finds what a killed process has left, at any depth, and no file of the user', () => {
  write('log.jsonl', 'log.jsonl.12-3.partial', 'samples/step-1/0.png', 'samples/step-1/1.png.12-0.partial');
  write('samples/step-2.partial/0.png', 'samples/mine.png.12-0.partial', 'thesis.tex.partial');
  expect(unfinishedFiles(folder, own)).toEqual([
    'log.jsonl.12-3.partial',
    'samples/step-1/1.png.12-0.partial',
    'samples/step-2.partial',
  ]);
});

it('names a few, and counts the rest', () => {
  expect(someOf(['a', 'b'])).toBe('a, b');
  expect(someOf(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
});
