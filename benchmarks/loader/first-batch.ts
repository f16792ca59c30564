/** Opens a folder and reads one batch; one line of JSON: first-batch.ts <folder> <cache> <size> <workers> */
import { imageFolder } from '@medgan/data';
import { createRng, normalise } from '@medgan/plugin-api';

const [path, cacheDir, sizeText, workersText] = process.argv.slice(2) as [string, string, string, string];
let calls = 0;
const start = performance.now();
const images = await imageFolder.open(
  { path },
  {
    format: { size: Number(sizeText), channels: 3 },
    subsetOrder: 'first',
    rng: createRng(1),
    workers: Number(workersText),
    cacheDir,
    onProgress: () => calls++,
  },
);
const opened = performance.now();
normalise(await images.read(createRng(2).permutation(images.count).subarray(0, 16)));
const read = performance.now();
await images.close();
console.log(
  JSON.stringify({
    fingerprint: images.fingerprint.slice(0, 12),
    openSeconds: Number(((opened - start) / 1000).toFixed(2)),
    batchSeconds: Number(((read - opened) / 1000).toFixed(4)),
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    calls,
  }),
);
