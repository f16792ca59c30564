import { join } from 'node:path';
import { markdownTable } from '@medgan/experiment-registry';
import { studyInQueue } from '../experiment/study-queue.ts';
import type { StudyPlace } from '../experiment/study-command.ts';

/** `medgan experiment status <study>`: every trial, and where its job stands; one question to the scheduler for all. */
export async function experimentStatusCommand(
  named: string,
  { json, ...place }: StudyPlace & { readonly json: boolean },
): Promise<number> {
  const { dir, records, open, launcher } = await studyInQueue(named, place);
  const jobs = await (launcher.queue?.states(open) ?? new Map<string, string>());
  const trials = records.map(({ id, state, result }) => {
    const job = jobs.get(join(dir, id));
    return { id, state, ...(job === undefined ? {} : { job }), ...(result ? { steps: result.steps } : {}) };
  });
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ folder: dir, launcher: launcher.name, trials }, undefined, 2)}\n`,
    );
    return 0;
  }
  const lost = launcher.queue ? 'no job in the queue: experiment wait goes on with it' : '';
  const rows = trials.map(({ id, state, job = state === 'running' ? lost : '', steps }) => [
    id,
    state,
    steps === undefined ? '' : String(steps),
    job,
  ]);
  const table = markdownTable(
    ['trial', 'state', 'steps', 'job'].map((title) => ({ title, align: 'left' })),
    rows,
  );
  process.stdout.write(`${table}\n`);
  return 0;
}
