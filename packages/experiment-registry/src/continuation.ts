import { MedganError } from '@medgan/files';
import { nearest, type Fault } from '@medgan/plugin-api';
import type { Trial } from './study.ts';
import type { Experiment } from './experiment.ts';
import type { Draft } from './refuse-trials.ts';
import { canonicalJson } from './trial-identity.ts';
import { placeFaults } from './yaml/check-yaml.ts';

/** The keys of a control file that say how long a run goes on, and nothing else of it. */
const LENGTH_KEYS: readonly string[] = ['num_epochs', 'max_steps'];

/** @throws MedganError listing every trial that cannot go on from the one its `continues` names. */
export function refuseContinuations(experiment: Experiment, drafts: readonly Draft[]): void {
  const trials = new Map(drafts.map(({ trial }) => [trial.id, trial]));
  const faults = drafts.flatMap(({ trial, path }) =>
    trial.continues === undefined
      ? []
      : faultsOf(trial, trials).map((fault): Fault => ({ ...fault, path: [...path, 'continues'] })),
  );
  if (faults.length === 0) return;
  throw new MedganError(placeFaults(experiment.document, faults).join('\n  '));
}

function faultsOf(trial: Trial, trials: ReadonlyMap<string, Trial>): Omit<Fault, 'path'>[] {
  const former = trials.get(trial.continues!);
  if (!former) return [missing(trial, [...trials.values()])];
  if (comesBack(trial, trials)) {
    return [{ message: `${trial.group} comes after itself`, cure: 'let the first trial continue none' }];
  }
  const different = differences(former, trial);
  if (different.length > 0) {
    return [
      {
        message: `${trial.group} differs from ${former.group} in ${different.join(', ')}`,
        cure: `what trains on may differ in ${LENGTH_KEYS.join(' and ')} only`,
      },
    ];
  }
  return isLonger(trial, former)
    ? []
    : [{ message: `${trial.group} is not longer than ${former.group}`, cure: 'give it a larger num_epochs' }];
}

function missing({ continues, seed }: Trial, trials: readonly Trial[]): Omit<Fault, 'path'> {
  const known = trials.filter((trial) => trial.seed === seed);
  const guess = nearest(
    continues!,
    known.map(({ id }) => id),
  );
  const meant = known.find(({ id }) => id === guess);
  return {
    message: 'there is no such trial',
    cure: meant ? `did you mean ${meant.group}?` : `there are: ${known.map(({ group }) => group).join(', ')}`,
  };
}

function comesBack(trial: Trial, trials: ReadonlyMap<string, Trial>): boolean {
  const seen = new Set<string>();
  for (let at = trial.continues; at !== undefined && !seen.has(at); at = trials.get(at)?.continues) {
    if (at === trial.id) return true;
    seen.add(at);
  }
  return false;
}

function differences(former: Trial, trial: Trial): string[] {
  const keys = new Set([...Object.keys(former.config), ...Object.keys(trial.config)]);
  return [...keys].filter(
    (key) =>
      !LENGTH_KEYS.includes(key) &&
      canonicalJson(former.config[key] ?? null) !== canonicalJson(trial.config[key] ?? null),
  );
}

/** No key shrinks and one grows. Epochs that nobody wrote are unknown, steps that nobody wrote are without limit. */
function isLonger({ config }: Trial, { config: former }: Trial): boolean {
  const growths = [
    [former['num_epochs'] ?? NaN, config['num_epochs'] ?? NaN],
    [former['max_steps'] ?? Infinity, config['max_steps'] ?? Infinity],
  ].map(([before, after]) => [Number(before), Number(after)] as const);
  return (
    growths.every(([before, after]) => after >= before || (Number.isNaN(after) && Number.isNaN(before))) &&
    growths.some(([before, after]) => after > before)
  );
}
