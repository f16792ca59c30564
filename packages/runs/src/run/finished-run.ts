import { isDeepStrictEqual } from 'node:util';
import { readStatus, type RunStatus } from '@medgan/trainer';
import type { ControlFile } from '../control/control-schema.ts';
import type { ResolvedRun } from '../control/resolve-control.ts';
import { holdsRun, readRunRecord } from './run-record.ts';

/** The keys of a control file that say which images a run trains on. */
const DATA_KEYS = [
  'path',
  'dataset',
  'dataset_options',
  'classes',
  'split',
  'splits',
  'split_seed',
  'subset',
  'subset_order',
] as const satisfies readonly (keyof ControlFile)[];

const dataKeysOf = (control: ControlFile): unknown => DATA_KEYS.map((key) => control[key]);

/**
 * The status of a run that is finished as it is asked for, so that a resume has nothing to do; undefined for any other.
 * How often it logs, samples and saves does not matter.
 */
export async function finishedAs({
  control,
  run,
}: {
  readonly control: ControlFile;
  readonly run: ResolvedRun;
}): Promise<RunStatus | undefined> {
  const { runDir, config } = run;
  if (!holdsRun(runDir)) return undefined;
  const status = await readStatus(runDir).catch(() => undefined);
  if (status?.state !== 'finished') return undefined;
  const { control: begun, resolved } = await readRunRecord(runDir);
  const isSame =
    isDeepStrictEqual({ ...resolved, cadence: undefined }, { ...config, cadence: undefined }) &&
    isDeepStrictEqual(dataKeysOf(begun), dataKeysOf(control));
  return isSame ? status : undefined;
}
