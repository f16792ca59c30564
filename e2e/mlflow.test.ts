import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findMlflow, startMlflow, type RealServer } from 'mlflow-ts-client/testing';
import { defined } from '@medgan/files';
import { readPages } from './docs/pages.ts';
import { runSnippet } from './docs/run-snippet.ts';
import { commandOf } from './docs/documented-commands.ts';
import { startHangingServer } from './hanging-server.ts';
import { medgan, startMedgan } from './medgan.ts';
import { readBack, type ReadRun } from './mlflow-read.ts';

const folder = mkdtempSync(join(tmpdir(), 'medgan-mlflow-'));
const runDir = (name: string): string => join(folder, 'runs', name);

/** A control file for seconds of training on built-in images. */
function control(run: string, changes = ''): string {
  const path = join(folder, `${run}.yaml`);
  writeFileSync(
    path,
    `arch: DCGAN
out: ${join(folder, 'runs')}
run: ${run}
num_epochs: 4000
batch_size: 6
latent_vector: 4
gen_feature_maps: 4
dis_feature_maps: 4
dataset_options: { count: 6 }
sample_count: 4
log_every: 2
threads: 1
cache: ''
${changes}`,
  );
  return path;
}

/** What a run folder has logged: [step, time, value], by key. */
function logged(dir: string): Record<string, [number, number, number][]> {
  const points: Record<string, [number, number, number][]> = {};
  for (const line of readFileSync(join(dir, 'log.jsonl'), 'utf8').trimEnd().split('\n')) {
    const { step, time, ...values } = JSON.parse(line) as { step: number; time: number };
    for (const [key, value] of Object.entries(values)) (points[key] ??= []).push([step, time, Number(value)]);
  }
  return points;
}

const steps = (dir: string): number =>
  existsSync(join(dir, 'log.jsonl'))
    ? readFileSync(join(dir, 'log.jsonl'), 'utf8').split('\n').length - 1
    : 0;

/** Without figures of an evaluation and the training speed, which no step logged. */
const ofLog = ({ points }: ReadRun): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(points).filter(([key]) => !/^(original|best)\/|^steps_per_second$/.test(key)),
  );

const named = (runs: readonly ReadRun[], name: string): ReadRun => {
  const found = runs.filter((run) => run.name === name);
  expect(found, name).toHaveLength(1);
  return found[0]!;
};

async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await condition()) return;
    await sleep(100);
  }
  throw new Error(`waited in vain until ${what}`);
}

const python = findMlflow();

describe.skipIf(!python)('tracking in MLflow', () => {
  let server!: RealServer;
  const startServer = async ([, , ...stores]: readonly string[], port?: number): Promise<void> => {
    const options = { folder: join(folder, 'server'), stores, ...defined({ port }) };
    server = await startMlflow(python!, options);
  };
  beforeAll(async () => {
    await startServer(commandOf('docs/mlflow.md', '.venv-mlflow/bin/mlflow server'));
  }, 300_000);
  afterAll(async () => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => {
    delete process.env['MLFLOW_TRACKING_URI'];
  });
  const track = (uri = server.url): void => void (process.env['MLFLOW_TRACKING_URI'] = uri);
  const cursorOf = (dir: string): string | undefined =>
    readdirSync(join(dir, '.mlflow'))
      .map((file) => join(dir, '.mlflow', file))
      .find((file) => file.endsWith('.json'));
  /** The step up to which the server has confirmed. */
  const confirmed = (dir: string): number => {
    const path = existsSync(join(dir, '.mlflow')) ? cursorOf(dir) : undefined;
    return path === undefined
      ? 0
      : (JSON.parse(readFileSync(path, 'utf8')) as { log: { step: number } }).log.step;
  };
  const rewindCursor = (dir: string, step: number): void => {
    const path = cursorOf(dir)!;
    const known = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(path, JSON.stringify({ ...known, log: { step, offset: 0 } }));
  };

  it('leaves a run alone when no server is named', async () => {
    expect(await medgan('run', control('untracked'), '--set', 'max_steps=2')).toMatchObject({ code: 0 });
    expect(existsSync(join(runDir('untracked'), '.mlflow'))).toBe(false);
  });

  it('has every point once after the server was killed and restarted in mid-run, and after a resume', async () => {
    track();
    const dir = runDir('outage');
    const { child, ended } = startMedgan(['run', control('outage', 'sample_every: 20\n')]);
    await until('points have arrived', () => confirmed(dir) > 10);
    await server.kill();
    const before = steps(dir);
    await until('training has gone on without a server', () => steps(dir) > before + 20);
    await startServer(commandOf('docs/mlflow.md', '.venv-mlflow/bin/mlflow server'), server.port);
    await until('points arrive again', () => confirmed(dir) > before + 20);
    child.kill('SIGINT');
    const first = await ended;
    expect(first).toMatchObject({ code: 130, stderr: '' });
    expect(first.stdout).toMatch(/tracked in MLflow at http:\/\/127\.0\.0\.1:\d+ by process \d+/);

    // What comes without a follower is sent later.
    delete process.env['MLFLOW_TRACKING_URI'];
    const longer = `max_steps=${steps(dir) + 7}`;
    expect(await medgan('resume', dir, '--extend', longer)).toMatchObject({ code: 0 });
    track();
    expect(await medgan('mlflow', 'sync', dir)).toMatchObject({ code: 0, stderr: '' });
    const again = await medgan('mlflow', 'sync', dir);
    expect(again.stdout).toContain('nothing was missing, 1 run');
    const verified = await medgan('mlflow', 'sync', '--verify', dir);
    expect(verified).toMatchObject({ code: 0, stderr: '' });

    // As if killed between sending and noting it, and resumed: the same steps, logged again at other times.
    const points = logged(dir);
    rewindCursor(dir, 5);
    const log = join(dir, 'log.jsonl');
    writeFileSync(
      log,
      readFileSync(log, 'utf8').replace(/"time":(\d+)/g, (_, time) => `"time":${Number(time) + 1}`),
    );
    expect(await medgan('mlflow', 'sync', dir)).toMatchObject({ code: 0, stderr: '' });

    const run = named(await readBack(python!, server.url), 'outage');
    expect(ofLog(run)).toEqual(points);
    process.stderr.write(
      `outage: ${Object.values(points).flat().length} points logged, ${Object.values(ofLog(run)).flat().length} found\n`,
    );
    expect(run).toMatchObject({
      experiment: 'medgan',
      status: 'FINISHED',
      params: {
        'architecture.name': 'dcgan',
        batchSize: '6',
        'engine.name': expect.stringMatching(/^(native|onnx)$/),
      },
      tags: { 'medgan.seed': '0', 'mlflow.source.name': 'medgan', 'mlflow.loggedImages': 'true' },
      datasets: [{ context: 'training' }],
    });
    const images = Object.keys(run.artifacts).filter((path) => path.startsWith('images/'));
    const shown = Object.keys(run.artifacts).filter((path) => path.startsWith('samples/'));
    expect(shown.length).toBeGreaterThan(1);
    expect(images.length).toBe(2 * shown.length);
    for (const name of ['config.yaml', 'loss.svg', 'loss.png', 'real-fake-grid.png', ...shown]) {
      expect(run.artifacts[name], name).toBe(readFileSync(join(dir, name)).length);
    }
  }, 300_000);

  it('ends in time, with all its steps, when the server takes connections and never answers', async () => {
    const hanging = await startHangingServer();
    track(hanging.uri);
    const dir = runDir('hanging');
    const { code, stdout } = await medgan('run', control('hanging'), '--set', 'max_steps=30');
    expect(code).toBe(0);
    expect(steps(dir)).toBe(30);
    expect(stdout).toMatch(
      /not all of it is in MLflow yet; process \d+ goes on a while\. Later: medgan mlflow sync/,
    );
    process.kill(Number(/by process (\d+)/.exec(stdout)![1]), 'SIGKILL');
    hanging.close();
    track();
    expect(await medgan('mlflow', 'sync', dir)).toMatchObject({ code: 0, stderr: '' });
    expect(ofLog(named(await readBack(python!, server.url), 'hanging'))).toEqual(logged(dir));
  }, 300_000);

  it('says what is wrong when nobody is there, and sends nothing twice after that', async () => {
    const gone = await startHangingServer();
    gone.close();
    track(gone.uri);
    const { code, stderr } = await medgan('mlflow', 'status', runDir('hanging'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/\[medgan\] MLflow: .*ECONNREFUSED[^]*cure: /);
    track();
    const status = await medgan('mlflow', 'status', runDir('hanging'));
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(status.stdout).toMatch(/MLflow 3\.\S+ at http[^]*no step is missing/);
  });

  it('shows a study as docs/mlflow.md has it, as a run with its trials below it, and the same from a copy', async () => {
    const cwd = join(folder, 'reader');
    mkdirSync(join(cwd, 'experiments'), { recursive: true });
    writeFileSync(join(cwd, 'experiments/batch-size-sweep.yaml'), STUDY);
    const type = async ([, ...args]: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await startMedgan(args, { cwd }).ended;
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
      return stdout;
    };
    const [, assignment] = commandOf('docs/mlflow.md', 'export MLFLOW_TRACKING_URI=http://127.0.0.1:5000');
    process.env[assignment!.split('=')[0]!] = server.url;
    await type(commandOf('docs/mlflow.md', 'medgan experiment run batch-size-sweep'));
    await type(commandOf('docs/mlflow.md', 'medgan mlflow sync runs/batch-size-sweep'));
    expect(await type(commandOf('docs/mlflow.md', 'medgan mlflow status runs/batch-size-sweep'))).toContain(
      'no step is missing',
    );
    const dir = join(cwd, 'runs/batch-size-sweep');
    expect((await medgan('mlflow', 'sync', dir)).stdout).toContain('nothing was missing, 3 runs');

    const there = (await readBack(python!, server.url)).filter(
      ({ experiment }) => experiment === 'batch-size-sweep',
    );
    expect(there).toHaveLength(3);
    const parent = there.find((run) => run.parent === null)!;
    expect(parent).toMatchObject({
      status: 'FINISHED',
      tags: { 'medgan.study': 'batch-size-sweep', 'medgan.trials': '2 of 2 finished' },
    });
    expect(Object.keys(parent.artifacts)).toEqual(expect.arrayContaining(['RESULTS.md', 'trials.json']));
    const trials = there.filter((run) => run.parent === parent.id);
    expect(trials.map(({ params }) => params['batchSize']).sort()).toEqual(['4', '6']);
    for (const trial of trials) {
      expect(trial.status).toBe('FINISHED');
      expect(ofLog(trial)).toEqual(logged(join(dir, trial.name)));
      expect(trial.artifacts['metrics.json']).toBe(
        readFileSync(join(dir, trial.name, 'metrics.json')).length,
      );
      expect(trial.points['original/psnr']).toHaveLength(1);
    }

    // The same study, trained where no server is known, and copied here: nothing was sent of it before.
    const copies = join(cwd, 'copied-from-cluster');
    const untracked = (path: string): boolean => !path.includes('.mlflow');
    cpSync(dir, join(copies, 'batch-size-sweep'), { recursive: true, filter: untracked });
    await type(commandOf('docs/mlflow.md', 'medgan mlflow sync copied-from-cluster'));
    const known = new Set(there.map(({ id }) => id));
    const copied = (await readBack(python!, server.url)).filter(
      ({ experiment, id }) => experiment === 'batch-size-sweep' && !known.has(id),
    );
    const byName = (runs: readonly ReadRun[]): ReadRun[] =>
      [...runs].sort((a, b) => a.name.localeCompare(b.name));
    // A study that is followed has its figures after each trial as well, and a copy only after the last one.
    const final = (points: ReadRun['points']): ReadRun['points'] =>
      Object.fromEntries(Object.entries(points).map(([key, values]) => [key, values.slice(-1)]));
    const withoutIds = ({ name, status, params, points, datasets, parent }: ReadRun): unknown => ({
      name,
      status,
      params,
      points: parent === null ? final(points) : points,
      datasets,
    });
    expect(byName(copied).map(withoutIds)).toEqual(byName(there).map(withoutIds));
    expect(copied.filter(({ parent: of }) => of !== null)).toHaveLength(2);
  }, 300_000);

  it('sends all the rest where files cannot be sent and a run was deleted, and ends the runs', async () => {
    const study = join(folder, 'reader/copied-from-cluster/batch-size-sweep');
    const place = join(folder, 'bucket-server');
    const bucket = await startMlflow(python!, {
      folder: place,
      stores: [
        ...['--backend-store-uri', `sqlite:///${join(place, 'mlflow.db')}`],
        ...['--no-serve-artifacts', '--default-artifact-root', 's3://bucket/root'],
      ],
    });
    try {
      track(bucket.url);
      const first = await medgan('mlflow', 'sync', study);
      expect(first).toMatchObject({ code: 1 });
      expect(first.stderr).toMatch(/\(and 2 more folders\): its files not sent: .*s3:\/\/[^]*\n {2}cure: /);
      expect(first.stderr.match(/cure: /g)).toHaveLength(1);
      const there = await readBack(python!, bucket.url);
      expect(there.map(({ status }) => status)).toEqual(['FINISHED', 'FINISHED', 'FINISHED']);
      const trials = there.filter(({ parent }) => parent !== null);
      for (const trial of trials) expect(ofLog(trial)).toEqual(logged(join(study, trial.name)));

      const deleted = trials[0]!;
      await fetch(`${bucket.url}/api/2.0/mlflow/runs/delete`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ run_id: deleted.id }),
      });
      const fresh = join(folder, 'fresh');
      cpSync(runDir('hanging'), join(fresh, 'hanging'), {
        recursive: true,
        filter: (path) => !path.includes('.mlflow'),
      });
      const second = await medgan('mlflow', 'sync', study, fresh);
      expect(second).toMatchObject({ code: 1 });
      expect(second.stderr).toContain(`not sent: its run ${deleted.id} was deleted in MLflow`);
      expect(ofLog(named(await readBack(python!, bucket.url), 'hanging'))).toEqual(logged(runDir('hanging')));
    } finally {
      await bucket.kill();
    }
  }, 300_000);

  it("keeps what the snippets of its client's README send", async () => {
    const page = readPages().find(({ name }) => name === 'packages/mlflow-ts-client/README.md')!;
    const snippets = page.blocks.filter(({ marks }) => marks.runBy === 'e2e/mlflow.test.ts');
    const place = join(folder, 'snippets');
    mkdirSync(place);
    writeFileSync(join(place, 'grid.png'), 'a picture');
    for (const block of snippets) {
      const ended = runSnippet(block, place, { MLFLOW_TRACKING_URI: server.url });
      expect(ended).toEqual({ status: 0, stderr: '' });
    }
    const runs = (await readBack(python!, server.url)).filter(
      ({ experiment }) => experiment === 'batch-size',
    );
    expect(named(runs, 'batch-16')).toMatchObject({
      status: 'FINISHED',
      params: { batchSize: '16' },
      artifacts: { 'grids/grid.png': 'a picture'.length },
    });
    // The given run, the run that is found by its key, and the one of the first snippet.
    expect(runs).toHaveLength(3);
  });

  it('writes pictures that MLflow can show', async () => {
    const run = named(await readBack(python!, server.url), 'outage');
    const small = Object.keys(run.artifacts).find((path) => path.endsWith('+compressed.webp'))!;
    const name = /^images\/samples\+step\+(\d+)\+timestamp\+\d+\+[0-9a-f-]{36}\+compressed\.webp$/.exec(
      small,
    );
    expect(name).not.toBeNull();
    const answer = await fetch(
      `${server.url}/get-artifact?run_uuid=${run.id}&path=${encodeURIComponent(small)}`,
    );
    const { format, width } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
    expect({ format, width: width <= 256 }).toEqual({ format: 'webp', width: true });
  });
});

const STUDY = `title: Tiny study
question: Does the batch size matter?
base:
  arch: DCGAN
  num_epochs: 20
  max_steps: 12
  latent_vector: 4
  gen_feature_maps: 4
  dis_feature_maps: 4
  dataset_options: { count: 6 }
  sample_count: 4
  log_every: 2
  threads: 1
  cache: ''
vary:
  grid:
    batch_size: [4, 6]
configurations:
  quick: {}
  paper: {}
`;
