import { MedganError } from '@medgan/files';
import type { Fault } from '@medgan/plugin-api';
import { overlaps, placeFault, type Assignment } from './control-layers.ts';
import type { ControlKeys } from './experiment-schema.ts';
import type { Trial } from './study.ts';
import type { Experiment } from './experiment.ts';
import { canonicalJson } from './trial-identity.ts';
import type { Point } from './vary.ts';
import { placeFaults } from './yaml/check-yaml.ts';

/** @throws MedganError when a `--set` names what the study compares. */
export function refuseVaried(points: readonly Point[], overrides: ControlKeys): void {
  for (const key of Object.keys(overrides)) {
    const varied = points.some(({ settings }) => settings.some((each) => overlaps(each.key, key.split('.'))));
    if (!varied) continue;
    throw new MedganError(`--set ${key}: this is what the experiment varies`, {
      cure: `leave --set ${key} out, or change the values in the file`,
    });
  }
}

/** A trial with what it was made of. */
export interface Draft {
  readonly trial: Trial;
  readonly assignments: readonly Assignment[];
  readonly path: readonly string[];
}

/** @throws MedganError when two trials have one folder or one config. */
export function refuseEqual(experiment: Experiment, drafts: readonly Draft[]): void {
  const ids = new Map<string, Draft>();
  const configs = new Map<string, Draft>();
  const faults: Fault[] = [];
  for (const draft of drafts) {
    const { id, config, label } = draft.trial;
    const json = canonicalJson(config);
    const equal = configs.get(json);
    const named = ids.get(id);
    if (equal) {
      const message = `two trials are the same: ${equal.trial.label}${equal.trial.label === label ? '' : ` and ${label}`}`;
      faults.push({ path: draft.path, message, cure: 'remove one of them' });
    } else if (named) {
      const message = `two trials have the folder ${id}: ${named.trial.label}; ${label}`;
      faults.push({ path: draft.path, message, cure: 'write them as cases, each with an id' });
    }
    configs.set(json, draft);
    ids.set(id, draft);
  }
  if (faults.length === 0) return;
  throw new MedganError(placeFaults(experiment.document, faults).join('\n  '));
}

/** A trial with what keeps it from running; `fallback` is the place of faults that nobody wrote. */
export interface JudgedDraft extends Draft {
  readonly faults: readonly Fault[];
  readonly fallback: readonly string[];
}

/** @throws MedganError listing every fault once, with the trials that have it. */
export function refuseFaulty(experiment: Experiment, drafts: readonly JudgedDraft[]): void {
  const trials = new Map<string, string[]>();
  for (const { trial, assignments, faults, fallback } of drafts) {
    for (const fault of faults) {
      const placed = placeFault(fault, { assignments, fallback });
      const text = 'flag' in placed ? placed.flag : placeFaults(experiment.document, [placed.fault])[0]!;
      trials.set(text, [...(trials.get(text) ?? []), trial.id]);
    }
  }
  if (trials.size === 0) return;
  const lines = [...trials].map(([text, ids]) => {
    const all = ids.length === drafts.length && ids.length > 1;
    return `${text} [${all ? 'all trials' : ids.join(', ')}]`;
  });
  throw new MedganError(
    `${experiment.document.file}: trials that cannot run, so none was started:\n  ${lines.join('\n  ')}`,
  );
}
