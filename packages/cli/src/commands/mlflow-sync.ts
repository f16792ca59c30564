import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT_INTERRUPTED, interruptSignal } from '../interrupt.ts';
import { note } from '../notes.ts';
import { MedganError, plural } from '@medgan/files';
import { systemClock } from '@medgan/runs';
import { MlflowError } from 'mlflow-ts-client';
import {
  asMedganError,
  findTargets,
  FolderBusy,
  isServerGone,
  type Leftover,
  leftoverLines,
  follow,
  type PassReport,
  runPage,
  samplingFrom,
  serverFrom,
  type Target,
  targetEnded,
  TargetSync,
} from '@medgan/tracking';

export interface MlflowSyncOptions {
  readonly checkpoints: boolean;
  readonly verify: boolean;
  readonly watch: boolean;
  /** Seconds between two looks at a folder that is watched. */
  readonly interval: number;
  /** Seconds to go on trying after training has ended. */
  readonly grace: number;
  /** Training has ended when the process that started this one is gone or hangs up. */
  readonly followParent: boolean;
}

/** `medgan mlflow sync <folders…>`: sends to the MLflow server what it lacks of them. */
export async function mlflowSyncCommand(
  folders: readonly string[],
  options: MlflowSyncOptions,
): Promise<number> {
  const { signal, release } = interruptSignal(() => undefined);
  try {
    const targets = await findTargets(folders);
    const env = process.env;
    const server = serverFrom(env, { isFollowing: options.watch });
    const ends = options.watch
      ? await Promise.all(targets.map((target) => watch(target, { server, options, signal })))
      : await inTurn(targets, { server, options, signal });
    return ends.every(Boolean) ? 0 : 1;
  } catch (error) {
    if (signal.aborted) return EXIT_INTERRUPTED;
    throw asMedganError(error);
  } finally {
    release();
  }
}

/** Milliseconds until a folder that another process sends is looked at again. */
const LOOK_AGAIN = 500;

interface Context {
  readonly server: ReturnType<typeof serverFrom>;
  readonly options: MlflowSyncOptions;
  readonly signal: AbortSignal;
}

/** Sends one target after another; a target that cannot be sent does not keep the others from being sent. */
async function inTurn(targets: readonly Target[], context: Context): Promise<boolean[]> {
  const leftovers: Leftover[] = [];
  for (const target of targets) {
    try {
      const report = await sendOnce(target, context);
      print(target, context, report);
      leftovers.push(...report.leftovers);
    } catch (error) {
      const own = error instanceof MlflowError || error instanceof MedganError;
      if (!own || isServerGone(error) || targets.length === 1) throw error;
      leftovers.push({ dir: target.dir, part: 'run', error });
    }
  }
  for (const line of leftoverLines(leftovers)) process.stderr.write(`[medgan] ${line}\n`);
  return [leftovers.length === 0];
}

async function sendOnce(target: Target, context: Context): Promise<PassReport> {
  for (;;) {
    const sync = syncOf(target, context);
    try {
      return await sync.pass({ isAlive: false });
    } catch (error) {
      if (!(error instanceof FolderBusy) || !(await targetEnded(target))) throw error;
      // The process that followed its training sends the rest; it soon ends.
      await sleep(LOOK_AGAIN, undefined, { signal: context.signal });
    } finally {
      await sync.close();
    }
  }
}

async function watch(target: Target, context: Context): Promise<boolean> {
  const { options, signal } = context;
  const parent = options.followParent ? hangUp() : undefined;
  const sync = syncOf(target, context);
  try {
    const report = await follow({
      pass: (state) => sync.pass(state),
      hasEnded: async () => (parent ? parent.aborted : signal.aborted || (await targetEnded(target))),
      wait: (milliseconds) =>
        sleep(milliseconds, undefined, { signal: parent ?? signal }).catch(() =>
          // Training had ended before this pause: do not ask a failing server again at once.
          sleep(Math.min(milliseconds, 500)),
        ),
      clock: systemClock,
      interval: options.interval * 1000,
      grace: options.grace * 1000,
      log: (line) => process.stdout.write(`${new Date(systemClock.now()).toISOString()} ${line}\n`),
    });
    if (report) print(target, context, report);
    const isWhole = report !== undefined && report.leftovers.length === 0;
    if (!isWhole) process.stdout.write(`not all was sent; later: medgan mlflow sync ${target.dir}\n`);
    return isWhole;
  } finally {
    await sync.close();
  }
}

const syncOf = (target: Target, { server, options, signal }: Context): TargetSync =>
  new TargetSync(server, target, {
    checkpoints: options.checkpoints,
    verify: options.verify,
    // A watcher that is stopped still sends what is there.
    ...(options.watch ? { sampling: samplingFrom(process.env, systemClock) } : { signal }),
    sleep: (milliseconds) => sleep(milliseconds),
  });

/** Aborted when the parent process closes the channel to this one, or is gone. */
function hangUp(): AbortSignal {
  const controller = new AbortController();
  if (process.connected) process.once('disconnect', () => controller.abort());
  else controller.abort();
  return controller.signal;
}

function print({ dir }: Target, { server }: Context, report: PassReport): void {
  const place = relative(process.cwd(), dir);
  const name = place === '' || place.startsWith('..') ? dir : place;
  const what =
    report.points + report.files === 0
      ? 'nothing was missing'
      : `${plural(report.points, 'point')} and ${plural(report.files, 'file')} sent`;
  const { trackingUri } = server.client;
  note(`${name}: ${what}, ${plural(report.runs, 'run')}`);
  note(`  ${runPage(trackingUri, report)}`);
}
