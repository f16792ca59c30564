import { createHash } from 'node:crypto';
import { createRng, type DatasetContext } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { contentsOf, type Contents } from '../../test/contents.ts';
import dataset, { type SyntheticLesionsOptions } from './synthetic-lesions.ts';

async function open(
  options: SyntheticLesionsOptions,
  context: Partial<DatasetContext> = {},
): Promise<Contents> {
  const images = await dataset.open(options, {
    format: { size: 16, channels: 3 },
    subsetOrder: 'first',
    rng: createRng(7),
    workers: 1,
    ...context,
  });
  return contentsOf(images);
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('pixels', () => {
  it('are these very bytes on every machine', async () => {
    const images = await open({ count: 6 });
    expect(sha256(images.pixels)).toMatchInlineSnapshot(
      `"5b3248d228f95669bb76bd1ca12d5af0bbd34267b97be4dbf07ce73f9218df8b"`,
    );
    expect(images.fingerprint).toMatchInlineSnapshot(
      `"21429a5d6bbaf6d8a6f368e25bc2ea49c754da0af3c3498888a6061c709699ab"`,
    );
  });

  it('differ from image to image and from seed to seed', async () => {
    const one = await open({ count: 12 });
    const other = await open({ count: 12, seed: 2 });
    const stride = 16 * 16 * 3;
    const hashes = [one, other].flatMap(({ pixels, count }) =>
      Array.from({ length: count }, (_, i) => sha256(pixels.subarray(i * stride, (i + 1) * stride))),
    );
    expect(new Set(hashes).size).toBe(48);
  });

  it('show one scene at every size: averaged down, the large image is the small one', async () => {
    const small = await open({ count: 3 }, { format: { size: 32, channels: 3 } });
    const large = await open({ count: 3 }, { format: { size: 128, channels: 3 } });
    let difference = 0;
    for (let i = 0; i < small.pixels.length; i++) {
      const [channel, column, row] = [i % 3, ((i / 3) | 0) % 32, ((i / 96) | 0) % 32];
      const image = Math.floor(i / (32 * 32 * 3));
      let sum = 0;
      for (let k = 0; k < 16; k++) {
        const at = (4 * row + (k >> 2)) * 128 + 4 * column + (k & 3);
        sum += large.pixels[image * 128 * 128 * 3 + 3 * at + channel]!;
      }
      difference += Math.abs(sum / 16 - small.pixels[i]!);
    }
    expect(difference / small.pixels.length).toBeLessThan(4);
  });

  it('come as luma when one channel is asked for', async () => {
    const colour = await open({ count: 2 });
    const grey = await open({ count: 2 }, { format: { size: 16, channels: 1 } });
    expect(grey).toMatchObject({ channels: 1, count: 4 });
    expect(grey.pixels).toHaveLength(4 * 16 * 16);
    for (const [i, luma] of grey.pixels.entries()) {
      const [red, green, blue] = colour.pixels.subarray(3 * i, 3 * i + 3);
      expect(Math.abs(luma - (0.299 * red! + 0.587 * green! + 0.114 * blue!))).toBeLessThanOrEqual(1);
    }
  });

  it('are neither flat nor blown out, whatever the skin type', async () => {
    const images = await open({ count: 25, tones: 'even' });
    const stride = 16 * 16 * 3;
    for (const [i, name] of images.names.entries()) {
      const bytes = images.pixels.subarray(i * stride, (i + 1) * stride);
      const mean = bytes.reduce((sum, value) => sum + value, 0) / stride;
      expect(mean, name).toBeGreaterThan(25);
      expect(mean, name).toBeLessThan(235);
      expect(Math.max(...bytes) - Math.min(...bytes), name).toBeGreaterThan(40);
    }
  });

  it('change with the share of hair only where there is hair', async () => {
    const [bald, some, all] = await Promise.all([0, 0.3, 1].map((hair) => open({ count: 30, hair })));
    const stride = 16 * 16 * 3;
    const changed = (pixels: Uint8Array): number =>
      Array.from({ length: 60 }, (_, i) =>
        Number(
          Buffer.compare(
            pixels.subarray(i * stride, (i + 1) * stride),
            bald!.pixels.subarray(i * stride, (i + 1) * stride),
          ) !== 0,
        ),
      ).reduce((sum, one) => sum + one);
    expect(changed(some!.pixels)).toBeGreaterThan(8);
    expect(changed(some!.pixels)).toBeLessThan(32);
    expect(changed(all!.pixels)).toBeGreaterThan(55);
  });
});

describe('classes and subsets', () => {
  it('label the images, classes taking turns', async () => {
    const images = await open({ count: 2 });
    expect(images.classes).toEqual(['melanoma', 'nevus']);
    expect(images.names).toEqual(['000000-melanoma', '000000-nevus', '000001-melanoma', '000001-nevus']);
    expect([...images.labels]).toEqual([0, 1, 0, 1]);
    expect([...images.names].sort()).toEqual(images.names);
  });

  it('give a class alone the images it has among both', async () => {
    const stride = 16 * 16 * 3;
    const both = await open({ count: 3 });
    const nevi = await open({ count: 3 }, { classes: ['nevus'] });
    expect(nevi.classes).toEqual(['nevus']);
    expect([...nevi.labels]).toEqual([0, 0, 0]);
    for (const [i, name] of nevi.names.entries()) {
      const place = both.names.indexOf(name);
      expect(nevi.pixels.subarray(i * stride, (i + 1) * stride)).toEqual(
        both.pixels.subarray(place * stride, (place + 1) * stride),
      );
    }
  });

  it.each(['first', 'seeded'] as const)(
    'nest: a smaller %s subset begins a larger one',
    async (subsetOrder) => {
      const large = await open({ count: 10 }, { subset: 9, subsetOrder });
      const small = await open({ count: 10 }, { subset: 4, subsetOrder });
      expect(small.names).toEqual(large.names.slice(0, 4));
      expect(small.pixels).toEqual(large.pixels.subarray(0, small.pixels.length));
      expect([...small.labels]).toEqual([...large.labels.subarray(0, 4)]);
      expect(small.fingerprint).not.toBe(large.fingerprint);
    },
  );

  it('draw a seeded subset by the stream given', async () => {
    const draw = async (seed: number): Promise<readonly string[]> =>
      (await open({ count: 20 }, { subset: 5, subsetOrder: 'seeded', rng: createRng(seed) })).names;
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
  });
});

describe('refusals', () => {
  it('name the nearest class', async () => {
    await expect(open({}, { classes: ['nevis'] })).rejects.toThrowErrorMatchingInlineSnapshot(`
      [MedganError: dataset synthetic-lesions: no class is called "nevis"; known: melanoma, nevus
        cure: did you mean "nevus"?]
    `);
    await expect(open({}, { classes: ['keratosis'] })).rejects.toMatchObject({
      cure: expect.stringContaining('choose one of them'),
    });
    await expect(open({}, { classes: [] })).rejects.toThrow('classes is an empty list');
  });

  it('say how many images there are', async () => {
    await expect(open({ count: 4 }, { subset: 9 })).rejects.toThrowErrorMatchingInlineSnapshot(`
    [MedganError: dataset synthetic-lesions: subset 9 of 8 images
      cure: set subset to 1 … 8, leave it out to use all, or raise count]
  `);
    await expect(open({ count: 4 }, { subset: 0 })).rejects.toThrow('subset 0 of 8 images');
  });

  it('name an unknown option', async () => {
    await expect(open({ hairs: 1 } as object)).rejects.toThrow('did you mean "hair"?');
  });
});

it('reports its progress up to the end', async () => {
  const reported: [number, number][] = [];
  await open({ count: 10 }, { onProgress: (done, total) => reported.push([done, total]) });
  expect(reported).toEqual([
    [0, 20],
    [8, 20],
    [16, 20],
    [20, 20],
  ]);
});

it('stops when aborted, with the reason given', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  let reached = 0;
  const onProgress = (done: number): void => {
    reached = done;
    if (done === 16) controller.abort(reason);
  };
  await expect(open({ count: 1000 }, { signal: controller.signal, onProgress })).rejects.toBe(reason);
  expect(reached).toBe(16);
});
