/**
 * One measurement of our loader, as one line of JSON. A first epoch opens the folder with an empty cache; later ones
 * shuffle and read what is open. An epoch gives every image once, in batches, as float32 in [−1, 1].
 *
 *     ours.ts <folder> <size> <workers> <later epochs> <file for the first epoch's bytes>
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageFolder } from '@medgan/data';
import { createRng, normalise, type PackedImages } from '@medgan/plugin-api';

const BATCH = 16;
const [folder, sizeText, workersText, laterText, pixelsFile] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const cacheDir = mkdtempSync(join(tmpdir(), 'medgan-bench-'));

const open = (): Promise<PackedImages> =>
  imageFolder.open(
    { path: folder },
    {
      format: { size: Number(sizeText), channels: 3 },
      subsetOrder: 'first',
      rng: createRng(1),
      workers: Number(workersText),
      cacheDir,
    },
  );

/** A value that nobody can leave uncomputed. */
let checksum = 0;

/** One array for all batches, as the trainer has it. */
let values = new Float32Array(0);

async function epoch(images: PackedImages, order: Uint32Array): Promise<void> {
  for (let at = 0; at < images.count; at += BATCH) {
    const bytes = await images.read(order.subarray(at, at + BATCH));
    if (values.length !== bytes.length) values = new Float32Array(bytes.length);
    checksum += normalise(bytes, values)[0]!;
  }
}

interface Taken {
  readonly seconds: number;
  /** Processor seconds of all threads. */
  readonly cpu: number;
}

async function timed(work: () => Promise<void>): Promise<Taken> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const used = process.cpuUsage(cpu);
  return { seconds: (performance.now() - start) / 1000, cpu: (used.user + used.system) / 1e6 };
}

try {
  let images!: PackedImages;
  const first = await timed(async () => {
    images = await open();
    await epoch(images, createRng(0).permutation(images.count));
  });
  const inOrder = Uint32Array.from({ length: images.count }, (_, i) => i);
  writeFileSync(pixelsFile, await images.read(inOrder));
  const later: Taken[] = [];
  for (let i = 1; i <= Number(laterText); i++)
    later.push(await timed(() => epoch(images, createRng(i).permutation(images.count))));
  await images.close();
  const reopened = await timed(async () => (await open()).close());
  console.log(JSON.stringify({ images: images.count, first, later, reopened, checksum }));
} finally {
  rmSync(cacheDir, { recursive: true });
}
