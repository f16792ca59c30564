// Ours against PyTorch, interleaved: node benchmarks/step/compare.mjs [--rounds 5] [--arch DCGAN] [--image-size 64] …
// PyTorch runs at each of its thread settings; its best counts. PYTHON names an interpreter that has torch.
import { interleave } from './interleave.mjs';

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

const rows = interleave(contenders, { rounds, what: args.join(' ') || 'DCGAN-64, batch 16' });
const [ours, ...theirs] = rows;
const fastest = theirs.reduce((a, b) => (b.median < a.median ? b : a));
console.log(`ours / PyTorch's best (${fastest.name}): ${(ours.median / fastest.median).toFixed(2)}`);
