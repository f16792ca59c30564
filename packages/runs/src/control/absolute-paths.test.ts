import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { builtInPlugins } from '../plugins/plugins.ts';
import { absolutePaths, fileOptionsOf } from './absolute-paths.ts';

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'medgan-paths-')));
afterAll(() => rmSync(dir, { recursive: true }));
for (const folder of ['study/images', 'here/images', 'here/only-here'])
  mkdirSync(join(dir, folder), { recursive: true });
for (const file of ['study/images/inside.csv', 'study/beside.csv']) writeFileSync(join(dir, file), '');

/** A path from the working folder of this test, so that it stands for a user's relative one. */
const fromHere = (path: string): string => relative('.', join(dir, path));
const folderOf = (): string => join(dir, 'study');
const fileOptions = ['table'];

describe('relative paths of a control file', () => {
  it('begin at its folder, and stay what they are when they are absolute or of the home folder', () => {
    const located = absolutePaths({ path: 'images', splits: 'beside.csv' }, { folderOf });
    expect(located.control).toEqual({
      path: join(dir, 'study/images'),
      splits: join(dir, 'study/beside.csv'),
    });
    expect(absolutePaths({ path: '/data' }, { folderOf }).control.path).toBe('/data');
    expect(absolutePaths({ path: '~/data' }, { folderOf }).control.path).toBe(join(homedir(), 'data'));
    expect(absolutePaths({ path: '$DATA/x' }, { folderOf }).control.path).toBe('$DATA/x');
  });

  it('begin at the working folder where only that has them, as in 0.1.0', () => {
    const path = fromHere('here/only-here');
    expect(absolutePaths({ path }, { folderOf: () => join(dir, 'study/images') })).toEqual({
      control: { path: join(dir, 'here/only-here') },
      notes: [],
    });
    expect(absolutePaths({ path: 'none' }, { folderOf }).control.path).toBe(join(dir, 'study/none'));
  });

  it('say so where both folders have one, and those of the command line begin at the working folder', () => {
    const [here, beside] = [join(process.cwd(), 'packages'), join(dir, 'packages')];
    mkdirSync(beside);
    const both = { folderOf: () => dir };
    expect(absolutePaths({ path: 'packages' }, both)).toEqual({
      control: { path: beside },
      notes: [`path: packages is taken as ${beside}, not as ${here}, which exists too`],
    });
    expect(absolutePaths({ path: 'packages' }, { ...both, given: ['path'] }).control.path).toBe(here);
  });

  it('leave a table among the images relative to them, and make another one absolute', () => {
    const tableOf = (table: string, keys: object = {}): unknown =>
      absolutePaths({ path: 'images', dataset_options: { table }, ...keys }, { folderOf, fileOptions })
        .control.dataset_options;
    expect(tableOf('inside.csv')).toEqual({ table: 'inside.csv' });
    expect(tableOf('beside.csv')).toEqual({ table: join(dir, 'study/beside.csv') });
  });

  it('are those options of a dataset that it names as files', () => {
    const plugins = builtInPlugins();
    expect(fileOptionsOf({ dataset: 'image-table' }, plugins)).toEqual(['table', 'groups']);
    expect(fileOptionsOf({ path: 'x' }, plugins)).toEqual(['groups']);
    expect(fileOptionsOf({}, plugins)).toEqual([]);
    expect(fileOptionsOf({ dataset: 'unknown' }, plugins)).toEqual([]);
  });

  it('of the cache begin at the working folder', () => {
    expect(absolutePaths({ cache: 'c' }, { folderOf }).control.cache).toBe(join(process.cwd(), 'c'));
    expect(absolutePaths({ cache: '' }, { folderOf }).control.cache).toBe('');
  });
});
