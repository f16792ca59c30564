import assert from 'node:assert/strict';
import { isAbsolute } from 'node:path';
import { createRng, type ImageFormat, type PackedImages } from '@medgan/plugin-api';
import type { Check } from '../check.ts';
import { allPixels, withCacheFolder, withTinyDataset, type DatasetSubject } from './open-tiny.ts';

const SHA256 = /^[0-9a-f]{64}$/;

/** Fails unless images are read in the order asked for, and what is no image is refused. */
async function assertReads(images: PackedImages): Promise<void> {
  const { count, size, channels } = images;
  const each = size * size * channels;
  const all = await allPixels(images);
  assert.ok(all instanceof Uint8Array, 'pixels are no Uint8Array');
  assert.equal(all.length, count * each, 'pixels have another length than the format says');
  const [first, last] = [all.slice(0, each), all.slice((count - 1) * each)];
  const turned = await images.read([count - 1, 0, count - 1]);
  assert.ok(
    Buffer.compare(turned, Buffer.concat([last, first, last])) === 0,
    'images do not come in the order asked for',
  );
  (await images.read([0])).fill(first[0]! ^ 255);
  assert.ok(Buffer.compare(await images.read([0]), first) === 0, 'a reader can change the images');
  for (const index of [-1, count, 0.5])
    await assert.rejects(() => images.read([index]), RangeError, `image ${index} is read`);
}

/** What is true of all packed images of this format. */
async function assertPacked(images: PackedImages, { size, channels }: ImageFormat): Promise<void> {
  const { count, labels, classes, names } = images;
  assert.deepEqual({ size: images.size, channels: images.channels }, { size, channels }, 'another format');
  assert.ok(Number.isInteger(count) && count > 0, `count is ${count}`);
  await assertReads(images);
  assert.ok(labels instanceof Uint16Array, 'labels are no Uint16Array');
  assert.equal(labels.length, count, `${labels.length} labels of ${count} images`);
  assert.equal(names.length, count, `${names.length} names of ${count} images`);
  assert.equal(new Set(names).size, count, 'two images have one name');
  assert.equal(new Set(classes).size, classes.length, 'two classes have one name');
  for (const name of names)
    assert.ok(name !== '' && !isAbsolute(name), `${JSON.stringify(name)} is no relative name`);
  labels.forEach((label, i) =>
    assert.ok(label < classes.length, `image ${i} is of class ${label}, of ${classes.length}`),
  );
  assert.match(images.fingerprint, SHA256, 'the fingerprint is no sha256 in hex');
}

/** Fails unless both are the same images, in the same order. */
export async function assertSameImages(a: PackedImages, b: PackedImages): Promise<void> {
  assert.deepEqual([...a.names], [...b.names], 'other images or another order');
  assert.deepEqual([...a.labels], [...b.labels], 'other labels');
  assert.ok(Buffer.compare(await allPixels(a), await allPixels(b)) === 0, 'other pixels');
  assert.equal(a.fingerprint, b.fingerprint, 'another fingerprint');
}

/** Rules about the images of a dataset. */
export const imageChecks: readonly Check<DatasetSubject>[] = [
  {
    name: 'gives packed images that agree with themselves, at 16 and 64 pixels, in one and three channels',
    run: (subject) =>
      withTinyDataset(subject, async (open) => {
        const opened: PackedImages[] = [];
        for (const size of [16, 64]) {
          for (const channels of [1, 3] as const) {
            const images = await open({ format: { size, channels } });
            await assertPacked(images, { size, channels });
            opened.push(images);
          }
        }
        const [first, ...others] = opened as [PackedImages, ...PackedImages[]];
        for (const { names, labels } of others) {
          assert.deepEqual([...names], [...first.names], 'another format has other names');
          assert.deepEqual([...labels], [...first.labels], 'another format has other labels');
        }
        const prints = new Set(opened.map(({ fingerprint }) => fingerprint));
        assert.equal(prints.size, opened.length, 'two formats have one fingerprint');
      }),
  },
  {
    name: 'gives images that differ, of every class it names',
    run: (subject) =>
      withTinyDataset(subject, async (open) => {
        const images = await open();
        const pictures = new Set<string>();
        for (let i = 0; i < images.count; i++)
          pictures.add(Buffer.from(await images.read([i])).toString('base64'));
        assert.ok(pictures.size > 1, 'all images are one image');
        const seen = new Set(images.labels);
        assert.deepEqual(
          images.classes.filter((_, label) => !seen.has(label)),
          [],
          'classes without an image',
        );
      }),
  },
  {
    name: 'gives the same images every time, whatever the number of workers and the random stream',
    run: (subject) =>
      withTinyDataset(subject, async (open) => {
        const once = await open({ workers: 1 });
        await assertSameImages(await open({ workers: 1 }), once);
        await assertSameImages(await open({ workers: 4, rng: createRng('another') }), once);
      }),
  },
  {
    name: 'gives the same images out of a cache',
    run: (subject) =>
      withTinyDataset(subject, (open) =>
        withCacheFolder(async (cacheDir) => {
          const plain = await open();
          await assertSameImages(await open({ cacheDir }), plain);
          await assertSameImages(await open({ cacheDir }), plain);
          const grey = { format: { size: 16, channels: 1 } } as const;
          await assertSameImages(await open({ cacheDir, ...grey }), await open(grey));
        }),
      ),
  },
  {
    name: 'reports progress that never falls and ends at its total',
    run: (subject) =>
      withTinyDataset(subject, async (open) => {
        const reported: (readonly [number, number])[] = [];
        await open({ onProgress: (done, total) => reported.push([done, total]) });
        reported.forEach(([done, total], i) => {
          assert.ok(done <= total, `${done} of ${total} are done`);
          assert.ok(
            i === 0 || done >= reported[i - 1]![0],
            `progress falls from ${reported[i - 1]?.[0]} to ${done}`,
          );
        });
        const [done, total] = reported.at(-1) ?? [0, 0];
        assert.equal(done, total, `progress ends at ${done} of ${total}`);
      }),
  },
];
