import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { csvLine, requireGroups, splitGroups, type SplitItem } from '@medgan/data';
import { defined, MedganError, UsageError, writeFileAtomically, plural } from '@medgan/files';
import { createRng, type DatasetContext, type ListedImages } from '@medgan/plugin-api';
import { untilInterrupted } from '../interrupt.ts';
import { builtInPlugins, DEFAULT_SPLITS, readControl, type ResolvedRun, splitFaults } from '@medgan/runs';
import { TerminalReporter } from '../terminal.ts';

/** `medgan data split`, as given. */
export interface SplitOptions {
  readonly out: string;
  readonly part: readonly string[];
  readonly splitSeed?: number;
  readonly groups?: string;
  readonly force: boolean;
}

type Source = Pick<ResolvedRun['data'], 'dataset' | 'options' | 'path' | 'workers' | 'cacheDir'> & {
  readonly fractions: Readonly<Record<string, number>>;
  readonly seed: number;
};

/** Datasets that only know their images once they are decoded need a format; the smallest will do. */
const FORMAT = { size: 16, channels: 1 } as const;

async function sourceOf(source: string, { groups }: SplitOptions): Promise<Source> {
  const isFolder = await stat(source).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) {
    const dataset = builtInPlugins().datasets.get('image-folder');
    const options = groups === undefined ? {} : { groups: resolve(groups) };
    return { dataset, options, path: resolve(source), workers: 2, fractions: DEFAULT_SPLITS, seed: 0 };
  }
  if (groups !== undefined) {
    throw new UsageError('--groups is for a folder', {
      cure: 'name the table in the control file: dataset_options: {groups: …}, or group_column of image-table',
    });
  }
  const { control, run } = await readControl(source, []);
  const { dataset, options, path, workers, cacheDir } = run.data;
  const { splits } = control;
  const fractions = typeof splits === 'object' ? splits : DEFAULT_SPLITS;
  return {
    dataset,
    options,
    workers,
    fractions,
    seed: control.split_seed ?? 0,
    ...defined({ path, cacheDir }),
  };
}

/** `train=0.8` as a share of a part. @throws UsageError when they are not the whole together. */
function readParts(parts: readonly string[]): Readonly<Record<string, number>> {
  const fractions: Record<string, number> = {};
  for (const text of parts) {
    const [, name, share] = /^([^=]+)=(0?\.\d+)$/.exec(text) ?? [];
    if (name === undefined || Number(share) <= 0) {
      throw new UsageError(`--part ${text} is no share of a part`, {
        cure: 'write --part train=0.8 --part test=0.2',
      });
    }
    fractions[name] = Number(share);
  }
  const first = Object.keys(fractions)[0]!;
  const fault = splitFaults({ split: first, splits: fractions }, undefined)[0];
  if (fault) throw new UsageError(`--part: ${fault.message}`, fault.cure ? { cure: fault.cure } : {});
  return fractions;
}

/** The images as the split knows them: those without a group were given their name for one. */
function itemsOf({ names, labels, groups }: ListedImages): SplitItem[] {
  return names.map((name, i) => {
    const group = groups?.[i];
    return { name, label: labels[i]!, ...(group === undefined || group === name ? {} : { group }) };
  });
}

/** The first line of every table of parts. */
const HEADER = csvLine(['file', 'class', 'group', 'split']);

/** Whether images without a group stop the split; a dataset without such an option takes its groups as they are. */
function ungroupedIsAnError({ dataset, options }: Source): boolean {
  return (
    'ungrouped' in dataset.options.properties &&
    (options as { readonly ungrouped?: string }).ungrouped !== 'alone'
  );
}

/**
 * Refuses to write over a file: any one without --force, and with it any but a table of parts.
 * @throws MedganError
 */
async function guardOutput(given: string, out: string, force: boolean): Promise<void> {
  if (!existsSync(out)) return;
  const start = await readFile(out, 'utf8').catch(() => '');
  const isOurs = start.startsWith(HEADER.trimEnd());
  if (force && isOurs) return;
  throw new MedganError(
    isOurs
      ? `${given} is there already, and runs may rely on it`
      : `${given} is there already, and is no table of parts`,
    { cure: isOurs ? 'choose another file, or replace it: --force' : 'choose another file' },
  );
}

/** Images by class and part, for people. */
function counts(
  items: readonly SplitItem[],
  parts: readonly string[],
  { fractions, classes }: { fractions: Source['fractions']; classes: readonly string[] },
): string[] {
  return Object.keys(fractions).map((part) => {
    const inPart = items.filter((_, i) => parts[i] === part);
    const byClass = classes.map(
      (name, label) => `${inPart.filter((item) => item.label === label).length} ${name}`,
    );
    return `  ${part}: ${plural(inPart.length, 'image')} (${byClass.join(', ')})`;
  });
}

/** The images of a source, decoded only where there is no other way to learn what they are. */
async function listImages(
  { dataset, options, path, cacheDir }: Source,
  context: Omit<DatasetContext, 'format'>,
): Promise<ListedImages> {
  const given = { ...options, ...defined({ path }) };
  if (dataset.list) return dataset.list(given, { ...context, ...defined({ cacheDir }) });
  const images = await dataset.open(given, { ...context, format: FORMAT });
  await images.close();
  return images;
}

/** `medgan data split <folder|control>`: writes `file,class,group,split`. */
export async function splitCommand(given: string, options: SplitOptions): Promise<number> {
  const out = resolve(options.out);
  await guardOutput(options.out, out, options.force);
  const asked = options.part.length === 0 ? undefined : readParts(options.part);
  const source = await sourceOf(given, options);
  const fractions = asked ?? source.fractions;
  const reporter = new TerminalReporter({ stream: process.stdout, logEvery: 1 });
  return untilInterrupted(async (signal) => {
    const images = await listImages(source, {
      subsetOrder: 'first',
      rng: createRng(0),
      workers: source.workers,
      signal,
      onProgress: (done, total) => reporter.onData(done, total),
      onWarning: (message) => reporter.onWarning(message),
    });
    const items = itemsOf(images);
    if (images.groups !== undefined && ungroupedIsAnError(source))
      requireGroups(items, { who: `dataset ${source.dataset.name}` });
    const parts = splitGroups(items, { fractions, seed: options.splitSeed ?? source.seed });
    const rows = items.map(({ name, label, group = '' }, i) =>
      csvLine([name, images.classes[label]!, group, parts[i]!]),
    );
    await writeFileAtomically(out, [HEADER, ...rows].join(''));
    for (const line of counts(items, parts, { fractions, classes: images.classes })) reporter.onNote(line);
    const table = relative('.', out);
    reporter.onNote(`written to ${table}; train on a part of it with split: train, splits: ${table}`);
    return 0;
  });
}
