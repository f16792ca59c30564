/**
 * Images per second from a folder of image files, ours and torchvision's in turn, a process each, and how far apart the
 * bytes are.
 *
 *     benchmarks/install-peers.sh && npm run build
 *     npx tsx benchmarks/loader/run.ts <folder> [--rounds 5] [--size 64] [--workers 2] [--epochs 3]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ours, peersPython } from '../contenders.mjs';

interface Taken {
  readonly seconds: number;
  readonly cpu?: number;
}

interface Answer {
  readonly images: number;
  readonly first: Taken;
  readonly later: readonly Taken[];
  /** Opening again what is in the cache; ours only. */
  readonly reopened?: Taken;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    size: { type: 'string', default: '64' },
    workers: { type: 'string', default: '2' },
    epochs: { type: 'string', default: '3' },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('name a folder of class folders of images');

const here = import.meta.dirname;
const scratch = mkdtempSync(join(tmpdir(), 'medgan-loader-'));
const python = peersPython();
const contenders: Record<string, { command: string; args: string[]; pixels: string }> = {
  medgan: {
    command: process.execPath,
    args: ours(join(here, 'ours.ts')),
    pixels: join(scratch, 'ours.u8'),
  },
  ...(python !== undefined && {
    torchvision: {
      command: python,
      args: [join(here, 'torch_loader.py')],
      pixels: join(scratch, 'torchvision.u8'),
    },
  }),
};

function measure(name: string): Answer {
  const { command, args, pixels } = contenders[name]!;
  const { size, workers, epochs } = options;
  const all = [...args, folder!, size, workers, epochs, pixels];
  const { status, stdout, stderr } = spawnSync(command, all, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Answer;
}

const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1]!;

/** Mean and greatest difference of bytes, in levels. */
function compareBytes(): string {
  const [own, theirs] = Object.values(contenders).map(({ pixels }) => readFileSync(pixels)) as [
    Buffer,
    Buffer,
  ];
  if (own.length !== theirs.length)
    return `${own.length} bytes against ${theirs.length}: not the same images`;
  let [sum, most] = [0, 0];
  for (let i = 0; i < own.length; i++) {
    const difference = Math.abs(own[i]! - theirs[i]!);
    sum += difference;
    if (difference > most) most = difference;
  }
  return `mean absolute difference ${(sum / own.length).toFixed(4)} levels of 255, greatest ${most}`;
}

const answers: Record<string, Answer[]> = Object.fromEntries(
  Object.keys(contenders).map((name) => [name, []]),
);
console.log(`${cpus()[0]!.model}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(2)}`);
try {
  for (let round = 0; round < Number(options.rounds); round++)
    for (const name of Object.keys(contenders)) answers[name]!.push(measure(name));
  const rates = Object.entries(answers).map(([name, rounds]) => {
    const { images } = rounds[0]!;
    const perSecond = (takens: readonly Taken[]): number =>
      images / median(takens.map(({ seconds }) => seconds));
    const reopened = rounds.flatMap((answer) => answer.reopened ?? []);
    return {
      name,
      images,
      'first epoch, images/s': Math.round(perSecond(rounds.map(({ first }) => first))),
      'processor ms per image': Number(
        ((1000 * median(rounds.map(({ first }) => first.cpu ?? NaN))) / images).toFixed(3),
      ),
      'later epochs, images/s': Math.round(perSecond(rounds.flatMap(({ later }) => later))),
      ...(reopened.length > 0 ? { 'opened again, images/s': Math.round(perSecond(reopened)) } : {}),
    };
  });
  console.table(rates);
  const [own, theirs] = rates as [(typeof rates)[0], (typeof rates)[0] | undefined];
  if (theirs !== undefined) {
    for (const key of ['first epoch, images/s', 'later epochs, images/s'] as const)
      console.log(`${key}: ${(own[key] / theirs[key]).toFixed(2)} × torchvision`);
    console.log(compareBytes());
  }
} finally {
  rmSync(scratch, { recursive: true });
}
