import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const SCRIPT = join(import.meta.dirname, '../tools/slurm/cluster.sh');

/** Why no cluster can be started here; undefined where one can. */
function reasonAgainst(): string | undefined {
  for (const program of ['slurmctld', 'slurmd', 'munged', 'sbatch', 'squeue', 'scontrol', 'scancel']) {
    if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) {
      return `${program} is not installed: tools/slurm/install.sh installs Slurm`;
    }
  }
  return process.getuid?.() === 0 ? undefined : 'a cluster of Slurm is started by root only';
}

/** True where a cluster can be started. Elsewhere the reason is printed; it is an error where MEDGAN_NEEDS names slurm. */
export function isSlurmPresent(): boolean {
  const reason = reasonAgainst();
  if (reason === undefined) return true;
  if ((process.env['MEDGAN_NEEDS'] ?? '').split(',').includes('slurm')) throw new Error(reason);
  process.stderr.write(`skipped: ${reason}\n`);
  return false;
}

/** Two ports in a row that nobody uses. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = createServer().listen(0);
    await new Promise((resolve) => first.once('listening', resolve));
    const { port } = first.address() as { port: number };
    const second = createServer().listen(port + 1);
    const isFree = await new Promise<boolean>((resolve) => {
      second.once('listening', () => resolve(true)).once('error', () => resolve(false));
    });
    for (const server of [first, second]) await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
}

/** A job as squeue lists it, the ended ones too. */
export interface ListedJob {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}

/** A real cluster of one node with two pretended GPUs; SLURM_CONF of this process leads to it. */
export class SlurmCluster {
  readonly folder = mkdtempSync(join(tmpdir(), 'medgan-slurm-'));

  async start(): Promise<void> {
    process.env['SLURM_CONF'] = join(this.folder, 'slurm.conf');
    this.#do('start', String(await freePorts()));
    await until(() =>
      this.run('sinfo', '--noheader', '--format=%T')
        .catch(() => '')
        .then((state) => state.includes('idle')),
    );
  }

  stop(): void {
    this.#do('stop');
    rmSync(this.folder, { recursive: true, force: true });
    delete process.env['SLURM_CONF'];
  }

  stopController(): void {
    this.#do('controller-stop');
  }

  startController(): void {
    this.#do('controller-start');
  }

  /** Runs one of Slurm's programs; gives its output. */
  async run(program: string, ...args: readonly string[]): Promise<string> {
    return (await promisify(execFile)(program, args)).stdout;
  }

  /** All jobs since the start of the cluster. */
  async jobs(): Promise<ListedJob[]> {
    const listed = await this.run('squeue', '--noheader', '--array', '--states=all', '--format=%i|%j|%T');
    return listed
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [id, name, state] = line.split('|');
        return { id: id!, name: name!, state: state! };
      });
  }

  #do(...args: readonly string[]): void {
    const [command, ...rest] = args;
    // Its daemons go on: they must not hold the pipes of this call.
    execFileSync(SCRIPT, [command!, this.folder, ...rest], { stdio: 'ignore', timeout: 60_000 });
  }
}

/** Resolves when it is so. */
export async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await setTimeout(20);
}
