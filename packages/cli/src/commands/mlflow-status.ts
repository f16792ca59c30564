import { plural } from '@medgan/files';
import { systemClock } from '@medgan/runs';
import {
  asMedganError,
  findTargets,
  LOG_START,
  readCursor,
  readLog,
  serverFrom,
  studyFor,
  trialDirs,
} from '@medgan/tracking';
import { join } from 'node:path';
import { RUN_FILES } from '@medgan/plugin-api';

/** Milliseconds for the server's word. */
const PATIENCE = 5000;

/** `medgan mlflow status [folders…]`: whether the server is there, and what of the folders is not sent yet. */
export async function mlflowStatusCommand(folders: readonly string[]): Promise<number> {
  try {
    const server = serverFrom(process.env, { isFollowing: true });
    const start = systemClock.monotonic();
    const version = await server.client.serverVersion({ timeoutMs: PATIENCE });
    const took = Math.round(systemClock.monotonic() - start);
    process.stdout.write(`MLflow ${version} at ${server.client.trackingUri}, ${took} ms\n`);
    let isWhole = true;
    for (const target of folders.length === 0 ? [] : await findTargets(folders)) {
      const study = await studyFor(target);
      const to = await server.destination(study?.record.experiment);
      for (const dir of target.kind === 'study' && study ? trialDirs(study) : [target.dir]) {
        const cursor = await readCursor(dir, to);
        const left = await stepsAfter(dir, cursor?.log ?? LOG_START);
        if (left > 0 || cursor === undefined) isWhole = false;
        process.stdout.write(`${dir}: ${standing({ left, points: cursor?.points })}\n`);
      }
    }
    return isWhole ? 0 : 1;
  } catch (error) {
    throw asMedganError(error);
  }
}

const standing = (of: { left: number; points: number | undefined }): string =>
  of.points === undefined
    ? 'never sent'
    : `${plural(of.points, 'point')} sent, ${of.left === 0 ? 'no step is missing' : plural(of.left, 'step is missing', 'steps are missing')}`;

async function stepsAfter(dir: string, place: typeof LOG_START): Promise<number> {
  let count = 0;
  for (;;) {
    const read = await readLog(join(dir, RUN_FILES.log), place);
    if (read.steps.length === 0) return count;
    count += read.steps.length;
    place = read.place;
  }
}
