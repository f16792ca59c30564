// Images a second of a generator in medgan, in evaluation mode: one JSON line. See compare.mjs.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEngine } from '@medgan/engine';
import { dcgan } from '@medgan/models';
import { Registry, type Architecture } from '@medgan/plugin-api';
import { generateImages, openImageSource, readGeneratorWeights } from '@medgan/trainer';

const { values } = parseArgs({
  options: {
    weights: { type: 'string', default: '' },
    latents: { type: 'string', default: '' },
    png: { type: 'boolean', default: false },
    threads: { type: 'string', default: '2' },
  },
});
const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const engine = await startEngine('onnx', { threads: Number(values.threads) });
const architectures = new Registry<Architecture>('architecture', [dcgan as Architecture]);
const weights = await readGeneratorWeights({ file: values.weights, architectures });
const { latentSize } = weights.sizes;
const bytes = await readFile(values.latents);
const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const count = all.length / latentSize;
const latents = (i: number): Float32Array =>
  all.subarray((i % count) * latentSize, ((i % count) + 1) * latentSize);
const source = await openImageSource(engine, weights, 'running');
await source.drawFloat(latents, 0);

if (values.png) {
  const folder = await mkdtemp(join(tmpdir(), 'medgan-bench-'));
  const result = await generateImages({ source, latents, count, folder, force: false, record: {}, clock });
  await rm(folder, { recursive: true });
  console.log(JSON.stringify({ images_per_s: count / result.seconds }));
} else {
  let [sum, squares] = [0, 0];
  const start = clock.monotonic();
  for (let first = 0; first < count; first += source.chunk) {
    for (const x of await source.drawFloat(latents, first)) {
      sum += x;
      squares += x * x;
    }
  }
  const seconds = (clock.monotonic() - start) / 1000;
  const numbers = count * 3 * weights.sizes.imageSize ** 2;
  console.log(
    JSON.stringify({ images_per_s: count / seconds, mean: sum / numbers, power: squares / numbers }),
  );
}
await engine.dispose();
