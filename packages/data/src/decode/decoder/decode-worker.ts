import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { decodeFile, type ContentHash, type FileSettings } from './decode-file.ts';

/** What a worker is asked for: the images of these paths. */
export interface WorkerJob {
  readonly paths: readonly string[];
}

/** What it answers: uint8 pixels in the order of the paths, and what became of each. */
export interface WorkerAnswer {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly hashes: readonly ContentHash[];
}

const settings = workerData as FileSettings;
const bytesEach = settings.format.size ** 2 * settings.format.channels;

async function answer({ paths }: WorkerJob): Promise<void> {
  const pixels = new Uint8Array(paths.length * bytesEach);
  const hashes: ContentHash[] = [];
  for (const [i, path] of paths.entries()) {
    const out = pixels.subarray(i * bytesEach, (i + 1) * bytesEach);
    // Nobody else is waiting on this thread, and a blocking read costs a tenth of one that is awaited.
    hashes.push(await decodeFile(() => readFileSync(path), settings, out));
  }
  parentPort!.postMessage({ pixels, hashes } satisfies WorkerAnswer, [pixels.buffer]);
}

let last = Promise.resolve();
parentPort!.on('message', (job: WorkerJob) => {
  last = last.then(() => answer(job));
});
