/**
 * Five metrics on 64 image pairs, ours and piqa's in turn, a process each: median and least time by the wall, least
 * processor time (two threads of piqa at their best take half of it by the wall; ours is one thread), and both means.
 *
 *     benchmarks/install-peers.sh && npm run build
 *     npx tsx --conditions=@medgan/source benchmarks/metrics/run.ts [rounds] [size…]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '@medgan/plugin-api';
import { ours as runOurs, peersPython } from '../contenders.mjs';

type Answer = Record<string, { mean: number; times: number[]; cpu: number[] }>;

const pairs = 64;
const repetitions = '4';
const [roundsText = '5', ...sizeTexts] = process.argv.slice(2);
const sizes = sizeTexts.length > 0 ? sizeTexts.map(Number) : [64, 128, 256];
const here = import.meta.dirname;

/** Blobs of colour, and the same with noise. */
function writeImages(folder: string, size: number): void {
  const rng = createRng(size);
  const a = new Float32Array(pairs * size * size * 3);
  const b = new Float32Array(a.length);
  for (let i = 0, at = 0; i < pairs; i++) {
    const [fx, fy, phase] = [rng.uniform() * 12, rng.uniform() * 12, rng.uniform() * 6];
    for (let pixel = 0; pixel < size * size; pixel++) {
      const wave = (fx * (pixel % size) + fy * Math.floor(pixel / size)) / size + phase;
      for (let channel = 0; channel < 3; channel++, at++) {
        a[at] = 0.5 + 0.4 * Math.sin(wave + channel);
        b[at] = Math.min(1, Math.max(0, a[at]! + 0.1 * rng.normal()));
      }
    }
  }
  writeFileSync(join(folder, `${size}.a.f32`), a);
  writeFileSync(join(folder, `${size}.b.f32`), b);
}

function ask(command: string, args: readonly string[]): Answer {
  const env = { ...process.env, OMP_NUM_THREADS: '2', OPENBLAS_NUM_THREADS: '1' };
  return JSON.parse(execFileSync(command, args, { env, encoding: 'utf8' })) as Answer;
}

const sorted = (values: readonly number[]): number[] => [...values].sort((p, q) => p - q);
const median = (values: readonly number[]): number => sorted(values)[Math.floor(values.length / 2)] ?? NaN;
const least = (values: readonly number[]): number => sorted(values)[0] ?? NaN;

const python = peersPython();
const folder = mkdtempSync(join(tmpdir(), 'medgan-metrics-'));
try {
  for (const size of sizes) {
    writeImages(folder, size);
    const ours: Answer[] = [];
    const theirs: Answer[] = [];
    for (let round = 0; round < Number(roundsText); round++) {
      const args = [folder, String(size), repetitions];
      ours.push(ask(process.execPath, [...runOurs(join(here, 'measure.ts')), ...args]));
      if (python !== undefined) theirs.push(ask(python, [join(here, 'measure.py'), ...args]));
    }
    console.log(`${pairs} pairs of ${size}×${size}, milliseconds: median (least) | least of the processor`);
    const sides = theirs.length > 0 ? [ours, theirs] : [ours];
    const totals = sides.map(() => ({ wall: 0, cpu: 0 }));
    for (const name of Object.keys(ours[0]!)) {
      const texts = sides.map((answers, side) => {
        const wall = answers.flatMap((answer) => answer[name]!.times);
        const cpu = least(answers.flatMap((answer) => answer[name]!.cpu));
        totals[side]!.wall += median(wall);
        totals[side]!.cpu += cpu;
        return `${median(wall).toFixed(1)} (${least(wall).toFixed(1)}) | ${cpu.toFixed(1)}`.padStart(28);
      });
      const means = sides.map((answers) => answers[0]![name]!.mean.toFixed(6));
      const peer = texts[1] === undefined ? '' : `   piqa ${texts[1]}`;
      console.log(`  ${name.padEnd(8)} ours ${texts[0]}${peer}   mean ${means.join(' / ')}`);
    }
    const sums = totals.map(({ wall, cpu }) => `${wall.toFixed(1)} | ${cpu.toFixed(1)}`.padStart(28));
    console.log(`  all five ours ${sums[0]}${sums[1] === undefined ? '' : `   piqa ${sums[1]}`}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
