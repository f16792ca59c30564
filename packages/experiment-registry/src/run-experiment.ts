import { join } from 'node:path';
import { MedganError, takeLock } from '@medgan/files';
import { STUDY_FILES } from '@medgan/plugin-api';
import { identifyTrials, planStudy } from './plan-study.ts';
import type { RunOptions, StudyOutcome } from './run-options.ts';
import type { Study } from './study.ts';
import { StudyRun } from './study-run.ts';
import type { TrialRecord } from './trial-records.ts';

/**
 * Runs the trials of a study, up to `jobs` at a time. `trials.json` and `RESULTS.md` are written before the first, and
 * after each, so that a study killed at any moment can be taken up again: what finished with the same identity is kept.
 * A trial's folder from another config or other data is moved to `<study>/_earlier/`, never written over. A trial that
 * continues another one waits for it, and is skipped when that one fails.
 * @throws MedganError when another process runs the study.
 */
export async function runExperiment(study: Study, options: RunOptions): Promise<StudyOutcome> {
  const dir = join(options.root, study.name);
  const identified = await identifyTrials(study, options.identify);
  const release = await lockStudy(dir);
  try {
    const records = await planStudy(identified, {
      study,
      dir,
      identify: options.identify,
      force: options.force ?? false,
      onMoved: ({ index, to }) => {
        const trial = study.trials[index]!;
        options.onEvent?.({
          kind: 'moved',
          study,
          studyDir: dir,
          trial,
          index,
          dir: join(dir, trial.id),
          to,
        });
      },
    });
    const run = new StudyRun(study, { ...options, dir, records });
    await (options.handIn ? run.handIn(options.handIn) : run.run());
    const outcome = outcomeOf(study, { dir, records: run.records });
    options.onEvent?.({ kind: 'study-ended', study, studyDir: dir, outcome });
    return outcome;
  } finally {
    await release();
  }
}

async function lockStudy(dir: string): Promise<() => Promise<void>> {
  const path = join(dir, 'study.lock');
  const taken = await takeLock(path);
  if ('release' in taken) return taken.release;
  const { pid, host } = taken.holder;
  throw new MedganError(`the study ${dir} is being run by process ${pid} on ${host}`, {
    cure: `wait for it, choose another folder with --out, or remove ${path} if that process is gone`,
  });
}

function outcomeOf(
  study: Study,
  { dir, records }: { dir: string; records: readonly TrialRecord[] },
): StudyOutcome {
  const count = (...states: readonly string[]): number =>
    records.filter(({ state }) => states.includes(state)).length;
  const [left, failed, skipped] = [count('interrupted', 'waiting'), count('failed'), count('skipped')];
  const base = { study, dir, resultsPath: join(dir, STUDY_FILES.results), records };
  const all = `of ${records.length} trials`;
  const handedIn = count('running');
  if (handedIn > 0) {
    const waiting = left > 0 ? `; ${left} go on from others, and are handed in by experiment wait` : '';
    const advice = `${handedIn} ${all} are handed in${waiting}: medgan experiment status, wait or cancel ${study.name} come back to them`;
    return { ...base, status: 'handed-in', advice };
  }
  if (failed > 0) {
    const others = [
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
      ...(left > 0 ? [`${left} ${left === 1 ? 'is' : 'are'} left`] : []),
    ].map((text) => `, ${text}`);
    const advice = `${failed} ${all} failed${others.join('')}: fix the reason and run the same command again; finished ones are kept`;
    return { ...base, status: 'failed', advice };
  }
  if (left > 0) {
    const advice = `${left} ${all} are left: run the same command again to go on; finished ones are kept`;
    return { ...base, status: 'interrupted', advice };
  }
  const diverged = count('diverged');
  if (diverged > 0) {
    const advice = `${diverged} ${all} diverged and have no figures: other settings may help, such as a lower learning_rate`;
    return { ...base, status: 'finished', advice };
  }
  return { ...base, status: 'finished' };
}
