import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '@medgan/plugin-api';
import { medgan } from './medgan.ts';

const folder = mkdtempSync(join(tmpdir(), 'medgan-inspect-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function writeNoise(name: string, width: number, height: number): Promise<void> {
  mkdirSync(dirname(at(name)), { recursive: true });
  const data = Uint8Array.from(createRng(name).uniforms(width * height * 3), (value) => value * 256);
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(at(name));
}

/** Two melanomas and a copy of one, a nevus, a text that calls itself a photograph, and a link that leads out. */
beforeAll(async () => {
  for (const name of ['a', 'b']) await writeNoise(`lesions/melanoma/${name}.png`, 24, 20);
  copyFileSync(at('lesions/melanoma/a.png'), at('lesions/melanoma/copy.png'));
  await writeNoise('lesions/nevus/c.png', 40, 40);
  writeFileSync(at('lesions/nevus/text.jpg'), 'no photograph');
  await writeNoise('elsewhere/secret.png', 8, 8);
  symlinkSync(at('elsewhere/secret.png'), at('lesions/nevus/link.png'));
  const rows = ['melanoma/a,m,P1', 'melanoma/b,m,P2', 'melanoma/copy,m,P1', 'nevus/c,n,P3'];
  writeFileSync(at('labels.csv'), ['file,label,patient_id', ...rows, ''].join('\n'));
  writeFileSync(
    at('table.yaml'),
    `arch: DCGAN
path: ${at('lesions')}
dataset: image-table
dataset_options: { table: ${at('labels.csv')} }
cache: ${at('cache')}
`,
  );
  writeFileSync(at('folder.yaml'), `arch: DCGAN\npath: ${at('lesions')}\nclasses: [nevus]\n`);
});

interface Inspected {
  readonly images: number;
  readonly classes: readonly {
    name: string;
    images: number;
    groups?: number;
    colour?: { mean: readonly number[] };
  }[];
  readonly unreadable: readonly { name: string; reason: string }[];
  readonly duplicates: readonly { names: readonly string[]; conflict: boolean }[];
  readonly sizes: { readonly width: { min: number; max: number } };
}

describe('medgan data inspect', () => {
  it('says what is in a folder, for people and for programs, with a contact sheet', async () => {
    const { code, stdout, stderr } = await medgan('data', 'inspect', at('lesions'), '--out', at('out'));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/melanoma +3 images/);
    const inspection = JSON.parse(readFileSync(at('out/inspection.json'), 'utf8')) as Inspected;
    expect(inspection.images).toBe(6);
    expect(inspection.classes).toMatchObject([
      { name: 'melanoma', images: 3 },
      { name: 'nevus', images: 1 },
    ]);
    expect(inspection.sizes.width).toMatchObject({ min: 24, max: 40 });
    expect(inspection.unreadable).toEqual([
      { name: 'nevus/link.png', reason: expect.stringContaining('leads out of the folder') },
      { name: 'nevus/text.jpg', reason: expect.stringContaining('by its content') },
    ]);
    expect(inspection.duplicates).toMatchObject([
      { names: ['melanoma/a.png', 'melanoma/copy.png'], conflict: false },
    ]);
    expect((await sharp(at('out/contact-sheet.png')).metadata()).width).toBeGreaterThan(96);
  });

  it('reports the classes and groups of a control file, and decodes nothing for a run', async () => {
    const table = await medgan('data', 'inspect', at('table.yaml'), '--json');
    expect(table.code, table.stderr).toBe(0);
    expect(JSON.parse(table.stdout)).toMatchObject({
      images: 4,
      classes: [
        { name: 'm', images: 3, groups: 2 },
        { name: 'n', images: 1, groups: 1 },
      ],
      unreadable: [],
    });
    expect(existsSync(at('cache'))).toBe(false);

    const one = JSON.parse(
      (await medgan('data', 'inspect', at('folder.yaml'), '--json')).stdout,
    ) as Inspected;
    expect(one.classes).toMatchObject([{ name: 'nevus', images: 1 }]);
    expect(one.unreadable.map(({ name }) => name)).toEqual(['nevus/link.png', 'nevus/text.jpg']);
  });

  it('looks through the window of a control file, and refuses what it refuses', async () => {
    mkdirSync(at('deep'));
    // 16 bits, all of them at a thousandth of their range.
    const values = new Uint16Array(20 * 20 * 3).fill(66);
    await sharp(values, { raw: { width: 20, height: 20, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toFile(at('deep/dim.png'));
    const inspect = async (options: string): Promise<Inspected> => {
      writeFileSync(at('deep.yaml'), `arch: DCGAN\npath: ${at('deep')}\ndataset_options: ${options}\n`);
      const { code, stdout, stderr } = await medgan('data', 'inspect', at('deep.yaml'), '--json');
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout) as Inspected;
    };
    const windowed = await inspect('{ window: { center: 66.5, width: 101 } }');
    expect(windowed.classes[0]!.colour!.mean[0]).toBeCloseTo(127.5, -1);
    const { unreadable } = await inspect('{ max_megapixels: 0.0003 }');
    expect(unreadable).toEqual([{ name: 'dim.png', reason: expect.stringContaining('pixel limit') }]);
  });
});

it('medgan data split <control> keeps patients together, and takes its parts from the command line', async () => {
  const split = ['data', 'split', at('table.yaml'), '--out', at('parts.csv')];
  const { code, stdout, stderr } = await medgan(...split, '--part', 'train=0.5', '--part', 'test=0.5');
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/train: \d images/);
  const [header, ...rows] = readFileSync(at('parts.csv'), 'utf8').trim().split('\n');
  expect(header).toBe('file,class,group,split');
  const cells = rows.map((row) => row.split(',') as [string, string, string, string]);
  expect(cells.map(([file, name, group]) => [file, name, group])).toEqual([
    ['melanoma/a.png', 'm', 'P1'],
    ['melanoma/b.png', 'm', 'P2'],
    ['melanoma/copy.png', 'm', 'P1'],
    ['nevus/c.png', 'n', 'P3'],
  ]);
  const [first, second, copy] = cells.map(([, , , part]) => part);
  expect(first).toBe(copy);
  expect(new Set([first, second])).toEqual(new Set(['train', 'test']));
});
