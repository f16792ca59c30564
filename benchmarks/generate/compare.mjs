// Images a second of a generator, ours against PyTorch, interleaved:
// node benchmarks/generate/compare.mjs [--rounds 5] [--image-size 64] [--features 64] [--count 512]
// after: benchmarks/install-peers.sh && npm run build. Weights and latents, made by PyTorch, are the same on both sides.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ours as runOurs, peersPython } from '../contenders.mjs';

const args = process.argv.slice(2);
const take = (name, fallback) => {
  const at = args.indexOf(name);
  return at < 0 ? fallback : args.splice(at, 2)[1];
};
const rounds = Number(take('--rounds', '5'));
const python = peersPython();
if (python === undefined) throw new Error('the weights are made by PyTorch');
const here = import.meta.dirname;
const folder = mkdtempSync(join(tmpdir(), 'medgan-generate-'));
const files = ['--weights', join(folder, 'weights.pth'), '--latents', join(folder, 'latents.f32')];
const blas = { OMP_NUM_THREADS: '2', OPENBLAS_NUM_THREADS: '1' };

const ours = (...more) => ['node', [...runOurs(`${here}/ours.ts`), ...files, ...more]];
const torch = (...more) => [python, [`${here}/torch_generate.py`, ...files, ...args, ...more]];
const contenders = {
  'medgan, chunks of 16': ours(),
  'torch, batches of 64': torch('--batch', '64'),
  'torch, batches of 16': torch('--batch', '16'),
  'medgan, to PNG': ours('--png'),
  'torch, to PNG by Pillow': torch('--png'),
};

const run = ([command, commandArgs]) => {
  const { status, stdout, stderr } = spawnSync(command, commandArgs, {
    env: { ...process.env, ...blas },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${command} ${commandArgs.join(' ')}: ${stderr}`);
  return stdout.trim().split('\n').at(-1);
};

try {
  run(torch('--make'));
  const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  console.log(
    `${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(2)}, ${rounds} rounds, ${args.join(' ')}`,
  );
  for (let round = 0; round < rounds; round++) {
    for (const [name, contender] of Object.entries(contenders))
      results[name].push(JSON.parse(run(contender)));
  }
  for (const [name, list] of Object.entries(results)) {
    const speeds = list.map((r) => r.images_per_s).sort((a, b) => a - b);
    const { mean, power } = list[0];
    const seen = mean === undefined ? '' : `  images: mean ${mean.toFixed(6)}, power ${power.toFixed(6)}`;
    console.log(
      `${name.padEnd(24)} median ${speeds[speeds.length >> 1].toFixed(1)} images/s  best ${speeds.at(-1).toFixed(1)}${seen}`,
    );
  }
  console.log(`load at the end ${loadavg()[0].toFixed(2)}`);
} finally {
  rmSync(folder, { recursive: true });
}
