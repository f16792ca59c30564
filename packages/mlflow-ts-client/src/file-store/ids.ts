import { createHash } from 'node:crypto';

/** A run's id made from a key of one's own: 32 hex digits, the same for the same key. */
export function runIdOf(key: string): string {
  return createHash('sha256').update(`run\n${key}`).digest('hex').slice(0, 32);
}

/** An experiment's id made from its name: 18 digits, as MLflow's own, the same for the same name. */
export function experimentIdOf(name: string): string {
  const bits = createHash('sha256').update(`experiment\n${name}`).digest().readBigUInt64BE();
  return String(10n ** 17n + (bits % (9n * 10n ** 17n)));
}

/** MLflow's id of a dataset within an experiment. */
export function datasetIdOf({ name, digest }: { name: string; digest: string }): string {
  return createHash('md5').update(name).update(digest).digest('hex');
}

/** MLflow's id of a dataset's use by a run. */
export function inputIdOf(datasetId: string, runId: string): string {
  return createHash('md5').update(datasetId).update(runId).digest('hex');
}
