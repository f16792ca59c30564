import { MlflowError } from 'mlflow-ts-client';
import type { MedganError } from '@medgan/files';

/** What a run consists of in MLflow, as far as one part can fail without the others. */
export type Part =
  'run' | 'settings' | 'dataset' | 'log' | 'figures' | 'files' | 'system' | 'model' | 'status';

/** A part of a folder that could not be sent, and why. */
export interface Leftover {
  readonly dir: string;
  readonly part: Part;
  readonly error: MlflowError | MedganError;
}

/**
 * Whether no other part can be sent either: the server is not reached, is overloaded, or stands behind a gateway that
 * reports it as down. A 500 is not such a fault: servers answer it for one part, such as a bucket that refuses a file.
 */
export const isServerGone = (error: unknown): boolean =>
  error instanceof MlflowError && error.transient && error.status !== 500;

const NAMES: Readonly<Record<Exclude<Part, 'run'>, string>> = {
  settings: 'params and tags',
  dataset: 'dataset',
  log: 'points of the log',
  figures: 'figures of the evaluation',
  files: 'files',
  system: 'system metrics',
  model: 'generator as a model',
  status: 'status',
};

/** A client's message begins with its name and ends with the cure, which stands in `cure` as well. */
const reasonOf = ({ message }: Error): string => message.replace(/^\[mlflow\] /, '').split('\n  cure: ')[0]!;

const cureOf = ({ error }: Leftover): string =>
  error.cure ?? 'run `medgan mlflow sync` again once that is fixed';

/** One line for each kind of leftover, with the number of folders that it concerns, and the cure. */
export function leftoverLines(leftovers: readonly Leftover[]): string[] {
  const kinds = new Map<string, Leftover[]>();
  for (const leftover of leftovers) {
    const kind = `${leftover.part}/${leftover.error.name}/${cureOf(leftover)}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), leftover]);
  }
  return [...kinds.values()].map((of) => {
    const [first] = of as [Leftover, ...Leftover[]];
    const folders = new Set(of.map(({ dir }) => dir)).size;
    const more = folders === 1 ? '' : ` (and ${folders - 1} more ${folders === 2 ? 'folder' : 'folders'})`;
    const what = first.part === 'run' ? 'not sent' : `its ${NAMES[first.part]} not sent`;
    const reason = reasonOf(first.error).replace(`${first.dir}: `, '');
    return `${first.dir}${more}: ${what}: ${reason}\n  cure: ${cureOf(first)}`;
  });
}
