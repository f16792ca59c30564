import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '@medgan/plugin-api';
import { greyElements, writeDicom } from '@medgan/data/testing';
import { medgan } from './medgan.ts';
import { sharedData } from '../tools/vitest/shared-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'medgan-metrics-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KEYS = ['psnr', 'ssim', 'ms_ssim', 'ms_gmsd', 'mdsi', 'haarpsi'];

/** The command's output, which must be one JSON document without NaN. */
async function metrics(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await medgan('metrics', ...args, '--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function writeNoise(name: string, size: number): Promise<string> {
  const path = join(folder, name);
  const pixels = Uint8Array.from(createRng(name).uniforms(size * size * 3), (value) => value * 256);
  await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toFile(path);
  return path;
}

/** A grey square as a BMP of 24 bits; its rows need no padding where the side is a multiple of 4. */
function greyBmp(side: number, level: number): Buffer {
  const header = Buffer.alloc(54);
  header.write('BM');
  header.writeUInt32LE(54 + 3 * side * side, 2);
  header.writeUInt32LE(54, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(side, 18);
  header.writeInt32LE(side, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(24, 28);
  return Buffer.concat([header, Buffer.alloc(3 * side * side, level)]);
}

const golden = sharedData('golden/metrics');

describe.skipIf(golden === undefined)('medgan metrics, against piqa 1.1.3', () => {
  type Values = Record<string, number>;
  const { pairs } = (
    golden === undefined ? { pairs: {} } : JSON.parse(readFileSync(join(golden, 'metrics.json'), 'utf8'))
  ) as { pairs: Record<string, { size: number[]; raw: Values; minmax: Values }> };

  function expectAgreement(got: Record<string, unknown>, wanted: Values): void {
    expect(Object.keys(wanted).length).toBeGreaterThanOrEqual(5);
    for (const [key, value] of Object.entries(wanted)) {
      expect(Math.abs((got[key] as number) - value), key).toBeLessThan(key === 'psnr' ? 1e-3 : 1e-4);
    }
  }

  it.each(['raw', 'minmax'] as const)('all pairs, %s', async (how) => {
    const [a, b] = [join(folder, `golden-a-${how}`), join(folder, `golden-b-${how}`)];
    for (const place of [a, b]) mkdirSync(place);
    for (const name of Object.keys(pairs)) {
      copyFileSync(join(golden!, `${name}.a.png`), join(a, `${name}.png`));
      copyFileSync(join(golden!, `${name}.b.png`), join(b, `${name}.png`));
    }
    const { values } = await metrics(a, b, ...(how === 'minmax' ? ['--minmax'] : []));
    const lines = values as (Record<string, number> & { name: string })[];
    expect(lines.map(({ name }) => name)).toEqual(
      Object.keys(pairs)
        .map((name) => `${name}.png`)
        .sort(),
    );
    for (const line of lines) expectAgreement(line, pairs[line.name.replace('.png', '')]![how]);
  });

  it.each(['64-other', '256-blur'])('%s alone, in the published keys', async (name) => {
    const got = await metrics(join(golden!, `${name}.a.png`), join(golden!, `${name}.b.png`));
    expectAgreement(got, pairs[name]!.raw);
    const large = pairs[name]!.size[0]! >= 161;
    expect(Object.keys(got)).toEqual(large ? KEYS : [...KEYS, 'reasons']);
    if (large) return;
    expect(got['ms_ssim']).toBe(null);
    expect(got['reasons']).toEqual({ ms_ssim: expect.stringContaining('need 161 pixels per side') });
  });
});

describe('medgan metrics <imageA> <imageB>', () => {
  it('gives the best values for equal images: PSNR ends at 80 dB', async () => {
    const path = await writeNoise('equal.png', 32);
    const { psnr, ssim, ms_gmsd, mdsi, haarpsi } = await metrics(path, path);
    expect(psnr).toBeCloseTo(80, 9);
    for (const value of [ssim, haarpsi]) expect(value).toBeCloseTo(1, 6);
    for (const value of [ms_gmsd, mdsi]) expect(value).toBeCloseTo(0, 6);
  });

  it('has a value or a reason for constant images, stretched or not', async () => {
    const path = join(folder, 'constant.png');
    await sharp({ create: { width: 32, height: 32, channels: 3, background: '#808080' } })
      .png()
      .toFile(path);
    const noise = await writeNoise('noise.png', 32);
    for (const flags of [[], ['--minmax']]) {
      const { reasons, ...values } = await metrics(path, noise, ...flags);
      expect(Object.keys(reasons as object)).toEqual(['ms_ssim']);
      for (const key of KEYS.filter((name) => name !== 'ms_ssim'))
        expect(values[key]).toEqual(expect.any(Number));
    }
  });

  it('prints a table with the direction of every metric for people', async () => {
    const { code, stdout } = await medgan(
      'metrics',
      await writeNoise('x.png', 32),
      await writeNoise('y.png', 32),
    );
    expect(code).toBe(0);
    for (const text of ['PSNR ↑ (dB)', 'SSIM ↑', 'MS-GMSD ↓', 'MDSI ↓', 'HaarPSI ↑'])
      expect(stdout).toContain(`| ${text} `);
    expect(stdout).toContain('lower is better: MS-GMSD and MDSI measure distortion, 0 is best');
  });

  it('judges by the pair metrics of a plugin too', async () => {
    const plugin = join(folder, 'mean-difference.mjs');
    writeFileSync(
      plugin,
      `export default {
        kind: 'pair-metric', name: 'mean-difference', title: 'mean difference', summary: 'absolute', reference: 'none',
        options: { type: 'object', additionalProperties: false, properties: {} },
        direction: 'lower', range: [0, 1], symmetric: true, refuses: () => undefined,
        compute: (a, b) => Float64Array.of(a.values.reduce((sum, value, i) => sum + Math.abs(value - b.values[i]), 0) / a.values.length),
      };`,
    );
    const [x, y] = [await writeNoise('p.png', 32), await writeNoise('q.png', 32)];
    const usual = await medgan('metrics', x, y, '--plugin', plugin);
    expect(usual.stdout).toMatch(/\| PSNR ↑ \(dB\) [^]*\| mean difference ↓ +\| +0\.\d{4} /);
    const { stdout } = await medgan(
      'metrics',
      x,
      y,
      '--plugin',
      plugin,
      '--metric',
      'mean-difference',
      '--json',
    );
    expect(JSON.parse(stdout)).toEqual({ mean_difference: expect.closeTo(0.33, 1) as number });
  });

  it('refuses images of two sizes, what is no image, and what is not there', async () => {
    const small = await writeNoise('small.png', 16);
    const large = await writeNoise('large.png', 32);
    const text = join(folder, 'text.png');
    writeFileSync(text, 'not an image');
    for (const [a, b, message] of [
      [small, large, /small\.png is 16×16 pixels, .*large\.png is 32×32/],
      [small, text, /text\.png cannot be read as an image: /],
      [small, join(folder, 'absent.png'), /absent\.png cannot be read: /],
      [small, folder, /is a folder, the other is not/],
    ] as const) {
      const { code, stdout, stderr } = await medgan('metrics', a, b, '--json');
      expect(stderr).toMatch(/^\[medgan\] /);
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/ {4}at /);
      expect([code, stdout]).toEqual([1, '']);
    }
  });
});

it('medgan metrics reads what datasets read: BMP, DICOM, and DICOM without an extension', async () => {
  const [a, b] = [join(folder, 'scans-a'), join(folder, 'scans-b')];
  for (const [place, level] of [
    [a, 100],
    [b, 110],
  ] as const) {
    mkdirSync(place);
    writeFileSync(join(place, 'photo.bmp'), greyBmp(4, level));
    const dicom = writeDicom(greyElements(4, 4, { '7fe0,0010': ['OW', new Array<number>(16).fill(level)] }));
    for (const name of ['scan.dcm', 'IM-0001']) writeFileSync(join(place, name), dicom);
  }
  const { values } = await metrics(a, b);
  expect((values as { name: string }[]).map(({ name }) => name)).toEqual([
    'IM-0001',
    'photo.bmp',
    'scan.dcm',
  ]);
  expect((values as { name: string; psnr: number }[])[1]!.psnr).toBeCloseTo(20 * Math.log10(255 / 10), 3);
  expect(await metrics(a, b, '--sets', '--features', 'pixels-pca')).toMatchObject({
    size: 4,
    real: { images: 3 },
  });
});

describe('medgan metrics <dirA> <dirB>', () => {
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  beforeAll(async () => {
    for (const place of [a, b, join(folder, 'empty'), join(folder, 'other')]) mkdirSync(place);
    for (const name of ['1.png', '2.png', '3.png']) await writeNoise(join('a', name), 32);
    for (const name of ['1.png', '2.png', '4.png']) await writeNoise(join('b', name), 32);
    copyFileSync(join(a, '2.png'), join(b, '2.png'));
    await writeNoise(join('other', 'z.png'), 32);
  });

  it('pairs images by name, and names those that only one has', async () => {
    const result = await metrics(a, b);
    expect(result).toMatchObject({ pairs: 2, unpaired: { a: ['3.png'], b: ['4.png'] } });
    const values = result['values'] as Record<string, number>[];
    expect(values.map(({ name }) => name)).toEqual(['1.png', '2.png']);
    const alone = await metrics(join(a, '1.png'), join(b, '1.png'));
    expect(values[0]!['haarpsi']).toBe(alone['haarpsi']);
    const { psnr, ms_ssim } = result['metrics'] as Record<string, Record<string, number>>;
    const [x, y] = values.map((line) => line['psnr']!) as [number, number];
    expect(psnr).toMatchObject({ direction: 'higher', count: 2 });
    expect(psnr!['mean']).toBeCloseTo((x + y) / 2, 9);
    expect(psnr!['deviation']).toBeCloseTo(Math.abs(x - y) / Math.SQRT2, 9);
    expect(ms_ssim).toMatchObject({ mean: null, deviation: null, count: 0, reason: expect.any(String) });
  });

  it('refuses an empty folder, and folders without a common name', async () => {
    const empty = await medgan('metrics', a, join(folder, 'empty'));
    expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('empty holds no images')]);
    const none = await medgan('metrics', a, join(folder, 'other'));
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('compare the folders as sets')]);
  });
});

describe('medgan metrics <dirA> <dirB> --sets', () => {
  const [a, b] = [join(folder, 'real'), join(folder, 'fake')];
  beforeAll(async () => {
    for (const place of [a, b]) mkdirSync(place);
    for (let i = 0; i < 12; i++) await writeNoise(join('real', `${i}.png`), 24);
    for (let i = 0; i < 9; i++) {
      const background = { r: 20 * i, g: 90, b: 200 };
      await sharp({ create: { width: 24, height: 24, channels: 3, background } })
        .png()
        .toFile(join(b, `other-${i}.png`));
    }
  });

  it('names the extractor in every figure, and records sizes, counts, seed and filters', async () => {
    const result = await metrics(a, b, '--sets', '--features', 'random-conv', '--seed', '5');
    const [table] = result['sets'] as [Record<string, unknown>];
    expect(result).toMatchObject({
      real: { images: 12, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) },
      fake: { images: 9 },
      size: 24,
      resize: expect.stringContaining('bilinear'),
    });
    expect(table).toMatchObject({
      images: { real: 12, fake: 9 },
      seed: 5,
      features: { extractor: 'random-conv', trained: false, resize: 'bilinear' },
      options: { kid: { subsets: 100 }, prdc: { nearestK: 5 } },
    });
    type Values = { name: string; value: number }[];
    const kid = (column: unknown): number =>
      (column as { values: Values }).values.find(({ name }) => name === 'kid@random-conv')!.value;
    expect((table['values'] as Values).every(({ name }) => name.endsWith('@random-conv'))).toBe(true);
    // Noise against noise is alike; plain colours against noise are not. The fakes' floor is noise, and so are the reals.
    expect(kid(table)).toBeGreaterThan(10 * Math.abs(kid(table['ceiling'])));
    expect(kid(table)).toBeGreaterThan(10 * Math.abs(kid(table['floor'])));
    expect(await metrics(a, b, '--sets', '--features', 'random-conv', '--seed', '5')).toEqual(result);
  });

  it('brings images to a size that is asked for, and asks for one where they differ', async () => {
    await writeNoise(join('fake', 'larger.png'), 40);
    const { code, stderr } = await medgan('metrics', a, b, '--sets');
    expect([code, stderr]).toEqual([1, expect.stringContaining('the images are not squares of one size')]);
    expect(stderr).toContain('--size <px>');
    expect(await metrics(a, b, '--sets', '--size', '16', '--features', 'pixels-pca')).toMatchObject({
      size: 16,
      fake: { images: 10 },
    });
    rmSync(join(b, 'larger.png'));
  });

  it('refuses options of the other way of comparing', async () => {
    const sets = await medgan('metrics', a, b, '--sets', '--minmax');
    expect([sets.code, sets.stderr]).toEqual([2, expect.stringContaining('--minmax cannot go with --sets')]);
    const pairs = await medgan('metrics', a, b, '--size', '16');
    expect([pairs.code, pairs.stderr]).toEqual([
      2,
      expect.stringContaining('--size can only go with --sets'),
    ]);
  });
});
