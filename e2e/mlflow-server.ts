import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, openSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const VENV = process.env['MEDGAN_MLFLOW_VENV'] ?? join(import.meta.dirname, '../.venv-mlflow');
const bin = (name: string): string => join(VENV, 'bin', name);

/** Whether MLflow is installed; a machine that is to test all of it must have it. */
export function hasMlflow(): boolean {
  if (existsSync(bin('mlflow'))) return true;
  if (process.env['CI']) throw new Error(`no MLflow in ${VENV}: run tools/mlflow/install.sh`);
  process.stderr.write(`skipped: no MLflow in ${VENV}; tools/mlflow/install.sh puts it there\n`);
  return false;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** An MLflow server on loopback, with its database and artifacts in a folder: it can be killed and started again. */
export class MlflowServer {
  readonly #folder: string;
  readonly #port: number;
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  static async start(folder: string): Promise<MlflowServer> {
    mkdirSync(folder, { recursive: true });
    const server = new MlflowServer(folder, await freePort());
    // Also when the wait for it is given up.
    process.once('exit', () => server.#signal());
    await server.start();
    return server;
  }

  get uri(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const log = openSync(join(this.#folder, 'server.log'), 'a');
    this.#process = spawn(
      bin('mlflow'),
      [
        'server',
        ...['--backend-store-uri', `sqlite:///${join(this.#folder, 'mlflow.db')}`],
        ...['--artifacts-destination', join(this.#folder, 'artifacts')],
        ...['--host', '127.0.0.1', '--port', String(this.#port), '--workers', '1'],
      ],
      {
        stdio: ['ignore', log, log],
        detached: true,
        env: {
          ...process.env,
          MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
          MLFLOW_DISABLE_TELEMETRY: 'true',
        },
      },
    );
    for (;;) {
      if (this.#process.exitCode !== null)
        throw new Error(`the MLflow server did not start: ${this.#folder}`);
      const answer = await fetch(`${this.uri}/health`).catch(() => undefined);
      if (answer?.ok) return;
      await sleep(200);
    }
  }

  /** Kills it and its workers at once, as a crash does. */
  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.#process!.once('exit', resolve));
    this.#signal();
    await gone;
  }

  #signal(): void {
    const { pid, exitCode, signalCode } = this.#process ?? {};
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
  }
}

/** A server that takes every connection and never answers. */
export async function startHangingServer(): Promise<{ uri: string; close: () => void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    uri: `http://127.0.0.1:${port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Runs `mlflow …` of the environment; gives what it printed. */
export function mlflowCli(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(bin('mlflow'), args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mlflow ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout + stderr;
}

/** A run as MLflow's own Python client reads it. */
export interface ReadRun {
  readonly experiment: string;
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly parent: string | null;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly datasets: readonly { readonly name: string; readonly digest: string; readonly context: string }[];
  /** By key: [step, timestamp, value], by step. */
  readonly points: Readonly<Record<string, readonly (readonly [number, number, number])[]>>;
  /** Bytes of each file, by artifact path. */
  readonly artifacts: Readonly<Record<string, number>>;
}

/** All runs on a server or in a database, read by MLflow's Python client. */
export function readBack(uri: string): ReadRun[] {
  const { status, stdout, stderr } = spawnSync(
    bin('python'),
    [join(import.meta.dirname, 'mlflow-read.py'), uri],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as ReadRun[];
}
