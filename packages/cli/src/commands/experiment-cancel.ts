import { basename } from 'node:path';
import { queueOf } from '../experiment/open-launcher.ts';
import { studyInQueue } from '../experiment/study-queue.ts';
import type { StudyPlace } from '../experiment/study-command.ts';

/** `medgan experiment cancel <study>`: jobs that wait leave the queue, those that run save a checkpoint and end. */
export async function experimentCancelCommand(named: string, place: StudyPlace): Promise<number> {
  const { dir, open, launcher } = await studyInQueue(named, place);
  const count = await queueOf(launcher).cancel(open);
  const study = basename(dir);
  process.stdout.write(
    count === 0
      ? `${study}: no job is in the queue\n`
      : `${study}: ${count} ${count === 1 ? 'job is' : 'jobs are'} asked to save and to end; ` +
          `medgan experiment wait ${study} goes on with the study\n`,
  );
  return 0;
}
