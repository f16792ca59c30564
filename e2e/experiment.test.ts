import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { medgan, startMedgan, type Ended } from './medgan.ts';

const STEPS = 30;
const BASE = `base:
  arch: DCGAN
  gen_feature_maps: 4
  dis_feature_maps: 4
  latent_vector: 4
  batch_size: 4
  dataset_options: { count: 6 }
  sample_count: 4
  max_steps: ${STEPS}
  log_every: 1
  checkpoint_every: 5
  threads: 1
  cache: ''
`;

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'medgan-experiment-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function study(name: string, vary: string): string {
  const path = join(folder, `${name}.yaml`);
  writeFileSync(path, `title: ${name}\nquestion: Does it run?\n${BASE}${vary}`);
  return path;
}

const run = (file: string, ...args: string[]): Promise<Ended> =>
  medgan('experiment', 'run', file, '--out', join(folder, 'runs'), ...args);

const inRuns = (...path: string[]): string => join(folder, 'runs', ...path);
const read = (...path: string[]): string => readFileSync(inRuns(...path), 'utf8');
const weights = (...trial: string[]): Buffer =>
  readFileSync(inRuns(...trial, `checkpoints/step-${String(STEPS).padStart(7, '0')}/generator.safetensors`));

/** The log without the times of day. */
const logged = (...trial: string[]): unknown[] =>
  read(...trial, 'log.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => ({ ...(JSON.parse(line) as object), time: 0 }));

const states = (name: string): string[] =>
  (JSON.parse(read(name, 'trials.json')) as { trials: { state: string }[] }).trials.map(({ state }) => state);

/** Starts a study and does something to it when a trial has come to a step. */
async function runUntil(file: string, step: number, act: (pid: number) => void): Promise<Ended> {
  const { child, ended } = startMedgan(['experiment', 'run', file, '--out', join(folder, 'runs')]);
  let done = false;
  child.stdout!.on('data', (chunk: Buffer) => {
    if (done || !chunk.toString().includes(`step ${step}/`)) return;
    done = true;
    act(child.pid!);
  });
  return ended;
}

describe('medgan experiment run', { timeout: 300_000 }, () => {
  /** What the study `pair` printed. */
  let ran = '';

  it('trains trials side by side, reports each, and judges them between noise and real images', async () => {
    const file = study(
      'pair',
      `vary:
  cases:
    - { id: whole, set: { max_steps: ${STEPS} } }
    - { id: short, set: { max_steps: 10 }, also: { num_epochs: 200 } }
    - { id: long, set: { max_steps: ${STEPS}, num_epochs: 300 }, continues: short }
    - { id: level, set: { max_steps: 10, num_epochs: 300 }, continues: short }
`,
    );
    const { code, stdout, stderr } = await run(file, '--jobs', '2');
    ran = stdout;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/trial 1 of 4, max_steps 30: started[^]*trial 2 of 4, max_steps 10: started/);
    expect(stdout).toContain(`max_steps 30: step ${STEPS}/${STEPS} · `);
    const { trials } = JSON.parse(read('pair', 'trials.json')) as {
      trials: { state: string; group: string; result: Record<string, Record<string, number>> }[];
    };
    expect(trials.map(({ state, group }) => [state, group])).toEqual([
      ['finished', 'whole'],
      ['finished', 'short'],
      ['finished', 'long'],
      ['finished', 'level'],
    ]);
    const { figures, floor, ceiling, engine, startedAt, endedAt } = trials[0]!.result;
    for (const key of ['psnr', 'ssim', 'ms_gmsd', 'mdsi', 'haarpsi']) {
      expect(figures![key], key).toBeTypeOf('number');
      expect(ceiling![key], key).toBeTypeOf('number');
    }
    expect(floor!['psnr']).toBeLessThan(ceiling!['psnr']!);
    expect(engine).toMatch(/^(native|onnx) on /);
    expect(Number(endedAt)).toBeGreaterThan(Number(startedAt));
    expect(read('pair', 'whole', 'trial.log')).toContain(`step ${STEPS}/${STEPS}`);
  });

  it('trains on where another trial ended, and ends where one that was not stopped ends', () => {
    expect(ran).toContain('max_steps 30, num_epochs 300: resuming after step 10');
    expect(weights('pair', 'long').equals(weights('pair', 'whole'))).toBe(true);
    expect(existsSync(inRuns('pair', 'short', 'checkpoints/step-0000010'))).toBe(true);
  });

  it('warns of a trial that goes on for no step', () => {
    const warnings = ran.split('\n').filter((line) => line.includes('warning: '));
    expect(warnings).toEqual([
      'max_steps 10, num_epochs 300: warning: nothing was trained here: max_steps ends it at step 10, where short ended',
    ]);
  });

  it('runs no trial again because threads, cadence or jobs are others', async () => {
    const cadence = [
      'threads=2',
      'log_every=7',
      'sample_every=9',
      'checkpoint_every=3',
      'keep_checkpoints=1',
    ];
    const { stdout } = await run(join(folder, 'pair.yaml'), ...cadence.flatMap((set) => ['--set', set]));
    expect(stdout.match(/finished before, kept/g)).toHaveLength(4);
  });

  it('ends with the bytes of an unbroken run after Ctrl-C, a killed trial, and a killed study', async () => {
    const file = study('broken', '');
    const interrupted = await runUntil(file, 6, (pid) => process.kill(pid, 'SIGINT'));
    expect(interrupted.code).toBe(130);
    expect(interrupted.stdout).toContain('1 of 1 trials are left: run the same command again');
    expect(states('broken')).toEqual(['interrupted']);

    const trialPid = (): number => (JSON.parse(read('broken', 'base', 'run.lock')) as { pid: number }).pid;
    const killed = await runUntil(file, 12, () => process.kill(trialPid(), 'SIGKILL'));
    expect(killed.code).toBe(1);
    expect(killed.stdout).toContain('failed: its process was ended by SIGKILL');
    expect(killed.stdout).toMatch(/broken, base: its process was ended[^]*\n {2}\| .*step 12\//);

    await runUntil(file, 18, (pid) => process.kill(pid, 'SIGKILL'));
    expect(states('broken')).toEqual(['running']);

    const last = await run(file);
    expect(last).toMatchObject({ code: 0, stderr: '' });
    expect(weights('broken', 'base').equals(weights('pair', 'whole'))).toBe(true);
    expect(logged('broken', 'base')).toEqual(logged('pair', 'whole'));
    expect(read('broken', 'base', 'trial.log')).toContain(
      "the study's process is gone: stopping after this step",
    );
  });

  it('starts no more after a trial that fails where that is asked for, and prints the last lines of its log', async () => {
    const cases = '{cases: [{id: ill, set: {engine: tfjs-node-gpu}}, {id: well, set: {max_steps: 2}}]}';
    const { code, stdout } = await run(study('sick', `vary: ${cases}\n`), '--on-failure', 'stop');
    expect(code).toBe(1);
    expect(states('sick')).toEqual(['failed', 'waiting']);
    expect(stdout).toContain(
      '1 of 2 trials failed, 1 is left: fix the reason and run the same command again',
    );
    expect(stdout).toMatch(/sick, engine tfjs-node-gpu: .*[^]*\n {2}\| .*[^]*the whole log: .*trial\.log/);
  });

  it('starts nothing when one of several studies cannot run', async () => {
    const wrong = study('wrong', 'vary: { grid: { image_size: [96] } }\n');
    const fine = study('fine', '');
    const { code, stderr } = await run(fine, wrong);
    expect(code).toBe(1);
    expect(stderr).toContain('image_size.0: 96 is not built by dcgan');
    expect(existsSync(inRuns('fine'))).toBe(false);
  });
});
