// Our engines against one another, interleaved:
// node benchmarks/step/engines.mjs [--rounds 5] [--engines onnx,tfjs-node] [--arch DCGAN] [--image-size 64] …
import { interleave } from './interleave.mjs';

const args = process.argv.slice(2);
const take = (name, fallback) => {
  const at = args.indexOf(name);
  return at < 0 ? fallback : args.splice(at, 2)[1];
};
const rounds = Number(take('--rounds', '5'));
const engines = take('--engines', 'onnx,tfjs-node').split(',');
const medgan = `${import.meta.dirname}/../../packages/cli/bin/medgan.mjs`;

const contenders = Object.fromEntries(
  engines.map((engine) => [
    `${engine}, 2 threads`,
    ['node', [medgan, 'bench', '--json', '--threads', '2', '--engine', engine, ...args], {}],
  ]),
);
const [first, ...others] = interleave(contenders, { rounds, what: args.join(' ') || 'DCGAN-64, batch 16' });
for (const { name, median } of others)
  console.log(`${name} / ${first.name}: ${(median / first.median).toFixed(2)}`);
