import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolvePath } from './resolve-path.ts';

describe('a path from a file', () => {
  it.each([
    ['~', homedir()],
    ['~/runs/a', join(homedir(), 'runs/a')],
    ['runs', resolve('runs')],
    ['/data/x', resolve('/data/x')],
    ['./~', resolve('~')],
    ['./$HOME', resolve('$HOME')],
    ['a/~/b', resolve('a/~/b')],
    ['a~', resolve('a~')],
    ['100%', resolve('100%')],
  ])('%s', (path, expected) => {
    expect(resolvePath(path)).toBe(expected);
  });

  it('begins at the folder that is named', () => {
    expect(resolvePath('images', '/data')).toBe(resolve('/data/images'));
    expect(resolvePath('~/images', '/data')).toBe(join(homedir(), 'images'));
  });

  it.each([
    ['~anna/data', '~anna'],
    ['$HOME/data', '$HOME'],
    ['${HOME}', '${HOME}'],
    ['%USERPROFILE%\\data', '%USERPROFILE%'],
  ])('%s is refused, because only a shell replaces its beginning', (path, word) => {
    expect(() => resolvePath(path)).toThrow(
      `the path ${path} begins with ${word}, which only a shell replaces`,
    );
  });
});
