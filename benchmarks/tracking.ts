// Steps per second with tracking off, on, and against a server that never answers; rounds interleaved, a fresh process
// and a fresh folder each: node --import tsx benchmarks/tracking.ts [--rounds 5] [--steps 200] [--set key=value …]
// An MLflow server is started from .venv-mlflow (tools/mlflow/install.sh) or MEDGAN_MLFLOW_VENV.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { defined } from '@medgan/files';
import { startHangingServer } from '../e2e/hanging-server.ts';
import { findMlflow, startMlflow } from 'mlflow-ts-client/testing';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '200' },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const [rounds, steps] = [Number(values.rounds), Number(values.steps)];
const MEDGAN = join(import.meta.dirname, '../packages/cli/bin/medgan.mjs');
/** Steps that are not counted: the follower starts, and buffers grow. */
const WARM_UP = Math.ceil(steps / 10);

const folder = mkdtempSync(join(tmpdir(), 'medgan-tracking-'));
const control = join(folder, 'run.yaml');
writeFileSync(
  control,
  `arch: DCGAN
out: ${folder}
run: bench
num_epochs: 100000
max_steps: ${steps}
batch_size: 16
dataset_options: { count: 64 }
gen_feature_maps: 16
dis_feature_maps: 16
log_every: 10
sample_every: 50
checkpoint_every: 100000
threads: 1
cache: ''
`,
);

interface Round {
  readonly stepsPerSecond: number;
  readonly loss: number;
  readonly followerPid: number | undefined;
}

function medgan(args: readonly string[], uri: string | undefined): string {
  const { MLFLOW_TRACKING_URI: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [MEDGAN, ...args], {
    encoding: 'utf8',
    env: { ...env, ...defined({ MLFLOW_TRACKING_URI: uri }) },
  });
  if (status !== 0) throw new Error(`${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

/** Trains once. Speed is that of the log's own times, without the start and the end of the process. */
function train(uri: string | undefined): Round {
  const stdout = medgan(['run', control, '--force', ...values.set.flatMap((pair) => ['--set', pair])], uri);
  const lines = readFileSync(join(folder, 'bench', 'log.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  const log = lines.map((line) => JSON.parse(line) as { time: number; 'loss/generator': number });
  const [first, last] = [log[WARM_UP]!, log.at(-1)!];
  const pid = /by process (\d+)/.exec(stdout)?.[1];
  return {
    stepsPerSecond: (1000 * (log.length - 1 - WARM_UP)) / (last.time - first.time),
    loss: last['loss/generator'],
    followerPid: pid === undefined ? undefined : Number(pid),
  };
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;

const python = findMlflow();
if (!python) process.exit(1);
const server = await startMlflow(python, { folder: join(folder, 'server') });
const hanging = await startHangingServer();
const modes = { off: undefined, on: server.url, hanging: hanging.uri };
const results: Record<string, Round[]> = { off: [], on: [], hanging: [] };
console.log(
  `${cpus()[0]!.model}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(2)}, ${rounds} rounds of ${steps} steps`,
);
try {
  for (let round = 0; round < rounds; round++) {
    for (const [mode, uri] of Object.entries(modes)) {
      const result = train(uri);
      results[mode]!.push(result);
      console.log(`round ${round + 1}, ${mode}: ${result.stepsPerSecond.toFixed(2)} steps/s`);
      if (uri === server.url) medgan(['mlflow', 'sync', join(folder, 'bench')], uri);
      // It would go on for a while in the next round's time.
      if (mode === 'hanging' && result.followerPid !== undefined) process.kill(result.followerPid, 'SIGKILL');
      await sleep(500);
    }
  }
} finally {
  await server.kill();
  hanging.close();
  rmSync(folder, { recursive: true, force: true });
}
const off = results['off']!;
console.table(
  Object.entries(results).map(([mode, runs]) => ({
    tracking: mode,
    'steps/s, median': median(runs.map(({ stepsPerSecond }) => stepsPerSecond)).toFixed(2),
    'ratio to off, median of rounds': median(
      runs.map(({ stepsPerSecond }, i) => stepsPerSecond / off[i]!.stepsPerSecond),
    ).toFixed(3),
    'last generator loss': runs[0]!.loss.toFixed(6),
  })),
);
