/**
 * A training step of ours against PyTorch's, interleaved: seconds and peak memory, medians of the rounds.
 *
 *     benchmarks/install-peers.sh && npm run build && npm run build:native
 *     node benchmarks/step/compare.mjs [--rounds 5] [--threads 2] [--steps 7] [--arch SNGAN] …
 *
 * Further options are those of `medgan bench`: --image-size, --batch-size, --latent, --features. PyTorch runs at each of
 * its settings, with Adam fused where it can; the best of them counts. Without the peers only ours are measured.
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { peersPython } from '../contenders.mjs';
import { interleave } from './interleave.mjs';

const args = process.argv.slice(2);
const take = (name, fallback) => {
  const at = args.indexOf(name);
  return at < 0 ? fallback : args.splice(at, 2)[1];
};
const rounds = Number(take('--rounds', '5'));
const threads = take('--threads', String(availableParallelism()));
const python = peersPython();

const medgan = (...own) => [
  'node',
  [
    `${import.meta.dirname}/../../packages/cli/bin/medgan.mjs`,
    ...['bench', '--json', '--threads', threads, ...own, ...args],
  ],
  {},
];
const torch = (count, ...own) => [
  python,
  [`${import.meta.dirname}/torch_step.py`, '--threads', count, ...own, ...args],
  { OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count },
];

const native = existsSync(`${import.meta.dirname}/../../packages/native/build`);
if (!native) console.error('the engine native is not built (npm run build:native): it is left out');

const ours = {
  'medgan onnx': medgan('--engine', 'onnx'),
  ...(native && {
    'medgan native exact': medgan('--engine', 'native', '--precision', 'exact'),
    'medgan native default': medgan('--engine', 'native', '--precision', 'default'),
  }),
};
const theirs = python
  ? {
      'torch, 1 thread': torch('1'),
      [`torch, ${threads} threads`]: torch(threads),
      [`torch, ${threads}, channels_last`]: torch(threads, '--channels-last'),
    }
  : {};

const what = [args.join(' ') || 'DCGAN-64, batch 16', `${threads} threads`].join(', ');
const rows = interleave({ ...ours, ...theirs }, { rounds, what });
const rivals = rows.filter(({ name }) => name in theirs);
if (rivals.length > 0) {
  const fastest = rivals.reduce((a, b) => (b.median < a.median ? b : a));
  const leanest = Math.min(...rivals.map(({ memory }) => memory));
  for (const { name, median, memory } of rows.filter((row) => row.name in ours)) {
    console.log(
      `${name} / PyTorch's best: time ${(median / fastest.median).toFixed(2)} (${fastest.name}), ` +
        `memory ${(memory / leanest).toFixed(2)}`,
    );
  }
}
