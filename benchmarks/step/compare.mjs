// Ours against PyTorch, interleaved: node benchmarks/step/compare.mjs [--rounds 5] [--arch DCGAN] [--image-size 64] …
// PyTorch runs at each of its thread settings; its best counts. PYTHON names an interpreter that has torch.
import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';

const args = process.argv.slice(2);
const take = (name, fallback) => {
  const at = args.indexOf(name);
  return at < 0 ? fallback : args.splice(at, 2)[1];
};
const rounds = Number(take('--rounds', '5'));
const python = process.env.PYTHON ?? '/usr/bin/python3';
const here = import.meta.dirname;

const contenders = {
  'medgan onnx, 2 threads': [
    'node',
    [`${here}/../../packages/cli/bin/medgan.mjs`, 'bench', '--json', '--threads', '2', ...args],
    {},
  ],
  'torch, 1 thread': [
    python,
    [`${here}/torch_step.py`, '--threads', '1', ...args],
    { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  ],
  'torch, 2 threads': [
    python,
    [`${here}/torch_step.py`, '--threads', '2', ...args],
    { OMP_NUM_THREADS: '2', OPENBLAS_NUM_THREADS: '2' },
  ],
  'torch, 2 threads, BLAS 1': [
    python,
    [`${here}/torch_step.py`, '--threads', '2', ...args],
    { OMP_NUM_THREADS: '2', OPENBLAS_NUM_THREADS: '1' },
  ],
};

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
console.log(
  `${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(2)}, ${rounds} rounds, ${args.join(' ') || 'DCGAN-64, batch 16'}`,
);
for (let round = 0; round < rounds; round++) {
  for (const [name, [command, commandArgs, env]] of Object.entries(contenders)) {
    const { status, stdout, stderr } = spawnSync(command, commandArgs, {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${name}: ${stderr}`);
    results[name].push(JSON.parse(stdout.trim().split('\n').at(-1)));
  }
}
const rows = Object.entries(results).map(([name, runs]) => ({
  name,
  median: median(runs.map((r) => r.median_s)),
  best: Math.min(...runs.map((r) => r.min_s)),
  memory: median(runs.map((r) => r.peak_memory_mib)),
  compile: runs[0].compile_s,
  losses: `D ${runs[0].loss_discriminator.toFixed(2)} G ${runs[0].loss_generator.toFixed(2)}`,
}));
for (const { name, median: m, best, memory, compile, losses } of rows) {
  const compiled = compile === undefined ? '' : `  compile ${compile.toFixed(2)} s`;
  console.log(
    `${name.padEnd(26)} median ${m.toFixed(3)} s  best ${best.toFixed(3)} s  peak ${memory} MiB${compiled}  ${losses}`,
  );
}
const [ours, ...theirs] = rows;
const fastest = theirs.reduce((a, b) => (b.median < a.median ? b : a));
console.log(`ours / PyTorch's best (${fastest.name}): ${(ours.median / fastest.median).toFixed(2)}`);
