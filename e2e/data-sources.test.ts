import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArchiveServer } from '@medgan/data/testing';
import { medgan } from './medgan.ts';

let folder: string;
let server: ArchiveServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medgan-sources-'));
  server = await ArchiveServer.start(
    Array.from({ length: 24 }, (_, i) => ({
      id: `ISIC_${String(i).padStart(7, '0')}`,
      diagnosis: i % 3 ? 'Benign' : 'Malignant',
      licence: i % 2 ? 'CC-BY' : 'CC-0',
      lesion: `IL_${i >> 1}`,
    })),
  );
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);

describe('from the archive to training on a part', () => {
  it('searches', async () => {
    const { stdout, code } = await medgan(
      'data',
      'isic',
      'search',
      '--base-url',
      server.base,
      '--query',
      'diagnosis_1:"Malignant"',
      '--limit',
      '2',
    );
    expect(code).toBe(0);
    expect(stdout.trim().split('\n').at(-1)).toBe('2 of 8 images');
    expect(stdout).toMatch(/ISIC_0000003 +Malignant +CC-BY +40×32/);
  });

  it('inspects what a control file asks of it: downloaded, and looked at where it lies', async () => {
    await writeFile(
      at('isic.yaml'),
      `arch: DCGAN
dataset: isic
dataset_options: { base_url: '${server.base}', query: 'diagnosis_1:"Malignant"' }
cache: ${at('cache')}
`,
    );
    const { code, stdout, stderr } = await medgan('data', 'inspect', at('isic.yaml'), '--json');
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      images: 8,
      sizes: { width: { min: 40 } },
      unreadable: [],
    });
    expect(await readdir(at('cache'))).toEqual(['isic']);
  });

  it('downloads, again without a request, splits, and trains on the part', async () => {
    const download = ['data', 'isic', 'download', '--base-url', server.base, '--out', at('images')];
    const first = await medgan(...download, '--class-by', 'diagnosis_1');
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout).toContain('24 downloaded');
    const asked = server.asked.length;
    const again = await medgan(...download, '--class-by', 'diagnosis_1');
    expect(again.stdout).toContain('0 downloaded (0 B), 24 were here already');
    expect(server.asked.length).toBe(asked);

    const split = [
      'data',
      'split',
      at('images'),
      '--groups',
      at('images/metadata.csv'),
      '--out',
      at('parts.csv'),
    ];
    const { stdout, code } = await medgan(...split, '--part', 'train=0.75', '--part', 'test=0.25');
    expect(code).toBe(0);
    expect(stdout).toContain('train: 18 images');
    expect((await medgan(...split)).stderr).toContain('is there already');
    const rows = (await readFile(at('parts.csv'), 'utf8')).trim().split('\n').slice(1);
    const sides = new Map<string, Set<string>>();
    for (const row of rows) {
      const [, , group, side] = row.split(',') as [string, string, string, string];
      sides.set(group, (sides.get(group) ?? new Set()).add(side));
    }
    expect(sides.size).toBe(12);
    expect([...sides.values()].every((set) => set.size === 1)).toBe(true);

    await writeFile(
      at('run.yaml'),
      `arch: DCGAN
path: ${at('images')}
out: ${at('runs')}
dataset_options: { groups: metadata.csv }
split: train
splits: ${at('parts.csv')}
cache: ''
max_steps: 1
batch_size: 4
gen_feature_maps: 2
dis_feature_maps: 2
sample_count: 1
threads: 1
`,
    );
    const run = await medgan('run', at('run.yaml'));
    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
    const record = load(await readFile(at('runs/run/config.yaml'), 'utf8')) as { data: { images: number } };
    expect(record.data.images).toBe(18);
  });
});
