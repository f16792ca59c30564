import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { builtInPlugins } from '../plugins/plugins.ts';
import { controlRules } from './trial-run.ts';

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'medgan-complete-')));
afterAll(() => rmSync(dir, { recursive: true }));
mkdirSync(join(dir, 'base/images'), { recursive: true });
mkdirSync(join(dir, 'study'));
writeFileSync(join(dir, 'study/groups.csv'), '');

it('the paths of a trial begin at the folder of the file that each key is written in', () => {
  const written = { path: 'images', dataset_options: { groups: 'groups.csv' }, plugins: ['./own.mjs'] };
  const fileOf = (key: string): string => join(dir, key === 'path' ? 'base/common.yaml' : 'study/sweep.yaml');
  expect(controlRules(builtInPlugins()).complete!(written, fileOf)).toEqual({
    path: join(dir, 'base/images'),
    dataset_options: { groups: join(dir, 'study/groups.csv') },
    plugins: [join(dir, 'study/own.mjs')],
  });
});
