import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const repository = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const startTimeoutMs = 280_000;

/** MLflow would otherwise call home, look for git, and start workers of its own. */
const quiet = {
  MLFLOW_DISABLE_TELEMETRY: 'true',
  DO_NOT_TRACK: 'true',
  MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
  GIT_PYTHON_REFRESH: 'quiet',
  PYTHONUNBUFFERED: '1',
  PYTHONUTF8: '1',
};

/** A Python environment with MLflow in it, as `tools/mlflow/install.sh` makes one. */
export class MlflowPython {
  readonly venv: string;

  constructor(venv: string) {
    this.venv = venv;
  }

  /** @returns what it printed; MLflow's own variables of this process are not passed on */
  async run(program: string, args: readonly string[], cwd?: string): Promise<string> {
    const { stdout } = await promisify(execFile)(join(this.venv, 'bin', program), args, {
      cwd,
      env: environment(),
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }

  /** Runs a script of `src/`, which prints JSON. */
  async script(name: string, args: readonly string[]): Promise<unknown> {
    return JSON.parse(
      await this.run('python', [join(dirname(fileURLToPath(import.meta.url)), name), ...args]),
    );
  }
}

/**
 * MEDGAN_MLFLOW_VENV, or `.venv-mlflow` at the root of the repository. Undefined, with a printed reason, where there is
 * none.
 * @throws Error on CI, where the tests that need it may not be passed over
 */
export function findMlflow(): MlflowPython | undefined {
  const venv = process.env.MEDGAN_MLFLOW_VENV ?? join(repository, '.venv-mlflow');
  if (existsSync(join(venv, 'bin/mlflow'))) return new MlflowPython(venv);
  const reason = `no MLflow in ${venv}: run tools/mlflow/install.sh`;
  if (process.env.CI) throw new Error(reason);
  process.stderr.write(`skipped: ${reason}\n`);
  return undefined;
}

export interface ServerOptions {
  /** Everything the server keeps is in here: started anew on the same folder, it is the same server. */
  readonly folder: string;
  /** 'sqlite' by default. 'file' is the old store, which appends a point as often as it is sent. */
  readonly store?: 'sqlite' | 'file';
  /** A free one by default. */
  readonly port?: number;
  /** False for `--no-serve-artifacts`: runs then get a folder as their artifact root. */
  readonly serveArtifacts?: boolean;
  /** In place of both: options of `mlflow server` that say where it keeps what, from `folder` on. */
  readonly stores?: readonly string[];
}

export interface RealServer {
  readonly url: string;
  readonly port: number;
  readonly log: () => string;
  /** At once, as a crash would. */
  readonly kill: () => Promise<void>;
}

/** Starts `mlflow server` on loopback and waits until it is well. */
export async function startMlflow(python: MlflowPython, options: ServerOptions): Promise<RealServer> {
  const { folder, store = 'sqlite' } = options;
  const port = options.port ?? (await freePort());
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, 'server.log');
  const output = openSync(logFile, 'a');
  const backend = store === 'sqlite' ? `sqlite:///${join(folder, 'mlflow.db')}` : join(folder, 'mlruns');
  const artifacts = join(folder, 'artifacts');
  const stores = options.stores ?? [
    ...['--backend-store-uri', backend],
    ...(options.serveArtifacts === false
      ? ['--no-serve-artifacts', '--default-artifact-root', artifacts]
      : ['--artifacts-destination', artifacts]),
  ];
  const args = ['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1', ...stores];
  // A group of its own, so that ending it ends the worker processes too.
  const child = spawn(join(python.venv, 'bin/mlflow'), args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...environment(), MLFLOW_ALLOW_FILE_STORE: 'true' },
  });
  closeSync(output);
  // Also when the wait for it is given up.
  const signal = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, 'SIGKILL');
  };
  process.once('exit', signal);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const kill = async () => {
    signal();
    await ended;
    process.off('exit', signal);
  };
  const log = () => readFileSync(logFile, 'utf8');
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilWell(url, () => child.exitCode !== null);
  } catch (error) {
    await kill();
    throw new Error(`mlflow server did not start: ${(error as Error).message}\n${log()}`);
  }
  return { url, port, log, kill };
}

async function untilWell(url: string, hasEnded: () => boolean): Promise<void> {
  const signal = AbortSignal.timeout(startTimeoutMs);
  while (!hasEnded()) {
    signal.throwIfAborted();
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok) return;
    await wait(250);
  }
  throw new Error('it ended');
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('MLFLOW_'));
  return { ...Object.fromEntries(own), ...quiet };
}
