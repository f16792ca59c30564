import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  inspectFolder,
  inspectImages,
  type FileOptions,
  type InspectedImage,
  type Inspection,
  type InspectOptions,
  type SheetRows,
} from '@medgan/data';
import { defined, MedganError, writeFileAtomically, plural } from '@medgan/files';
import { createRng, type ListedImages } from '@medgan/plugin-api';
import { imageGrid, writePng, type Raster } from '@medgan/trainer';
import { captioned } from '@medgan/pages';
import {
  builtInPlugins,
  checkControl,
  type CheckedControl,
  openImages,
  readControl,
  type ResolvedRun,
  systemClock,
} from '@medgan/runs';
import { inspectionText } from '../inspection-text.ts';
import { untilInterrupted } from '../interrupt.ts';
import { TerminalReporter } from '../terminal.ts';

export interface InspectCommandOptions {
  readonly json: boolean;
  readonly out?: string;
  readonly set: readonly string[];
}

interface Inspected {
  readonly inspection: Inspection;
  readonly sheet: SheetRows;
}

interface Given {
  readonly reporter: TerminalReporter;
  readonly options: InspectOptions & { readonly signal: AbortSignal };
}

const RECORD = 'inspection.json';
const SHEET_NAME = 'contact-sheet.png';
/** Images of each class on the contact sheet, and their side. */
const SHEET = { columns: 12, side: 96 };
const WORKERS = 4;
const MAX_PIXELS = 100e6;

/** What a word on the command line names: a folder, a control file or a dataset. */
async function kindOf(target: string): Promise<'folder' | 'control' | 'dataset'> {
  try {
    return (await stat(target)).isDirectory() ? 'folder' : 'control';
  } catch {
    if (builtInPlugins().datasets.has(target)) return 'dataset';
    throw new MedganError(`${target} is no folder, no control file and no dataset`, {
      cure: `give a folder that exists, a control file, or one of ${builtInPlugins().datasets.names().join(', ')}`,
    });
  }
}

/** The run of the control file, with unreadable images reported instead of ending the inspection. */
function tolerant({ run }: CheckedControl): ResolvedRun {
  const { dataset, options } = run.data;
  if (!('unreadable' in dataset.options.properties)) return run;
  return { ...run, data: { ...run.data, options: { ...options, unreadable: 'skip' } } };
}

/** How the dataset would decode its files: as the control file says where it may. */
function decodingOf({
  dataset,
  options,
}: ResolvedRun['data']): Pick<Partial<InspectOptions>, 'window' | 'maxPixels'> {
  const { window, max_megapixels: megapixels } = options as FileOptions;
  const has = (name: keyof FileOptions): boolean => Object.hasOwn(dataset.options.properties, name);
  return {
    ...(has('window') && window !== undefined ? { window } : {}),
    ...(has('max_megapixels') && megapixels !== undefined ? { maxPixels: Math.trunc(megapixels * 1e6) } : {}),
  };
}

/** The images of a set, each to be had from `source`. */
function imagesOf(
  { names, labels, groups, faults }: ListedImages,
  source: (name: string, index: number) => InspectedImage['source'],
): InspectedImage[] {
  return names.map((name, i) => {
    const [group, fault] = [groups?.[i], faults?.get(name)];
    return {
      name,
      label: labels[i]!,
      ...defined({ group, fault }),
      source: source(name, i),
    };
  });
}

async function inspectRun(checked: CheckedControl, { reporter, options: usual }: Given): Promise<Inspected> {
  const run = tolerant(checked);
  const options = { ...usual, ...decodingOf(run.data) };
  const rng = createRng(run.config.seed).split('data');
  const { signal } = options;
  const { dataset, options: given, path, ...context } = run.data;
  const onWarning = (message: string): void => reporter.onWarning(message);
  const named = defined({ path });
  const listed = await dataset.list?.({ ...given, ...named }, { ...context, rng, signal, onWarning });
  if (listed?.root !== undefined) {
    const { root, classes } = listed;
    const images = imagesOf(listed, (name) => ({ path: join(root, name) }));
    return inspectImages({ classes, images }, options);
  }
  const packed = await openImages(run, { reporter, signal });
  try {
    const { size, channels } = packed;
    const images = imagesOf(packed, (_name, i) => ({
      make: async () => ({ width: size, height: size, channels, data: await packed.read([i]) }),
    }));
    const { inspection, sheet } = await inspectImages({ classes: packed.classes, images }, options);
    const passedOver = packed.skipped.map(({ name, reason }) => ({ name, reason }));
    const unreadable = [...passedOver, ...inspection.unreadable];
    return { sheet, inspection: { ...inspection, images: images.length + passedOver.length, unreadable } };
  } finally {
    await packed.close();
  }
}

/** Every class in a row of its own under its name; a class with few images leaves the rest of its row empty. */
async function contactSheet(rows: SheetRows, { classes }: Inspection): Promise<Raster> {
  const parts: Raster[] = [];
  for (const { name, images } of rows) {
    const count = classes.find((candidate) => candidate.name === name)!.images;
    const title = `${name}: ${plural(count, 'image')}`;
    parts.push(await captioned(imageGrid(images, { columns: SHEET.columns, upscale: 1 }), title));
  }
  const pixels = Buffer.concat(parts.map((part) => part.pixels));
  return {
    width: parts[0]!.width,
    height: parts.reduce((sum, { height }) => sum + height, 0),
    pixels: new Uint8Array(pixels),
  };
}

/**
 * Refuses to write over a picture or record of the same name that no inspection wrote.
 * @throws MedganError
 */
function guardOutput(out: string): void {
  const [record, sheet] = [existsSync(join(out, RECORD)), existsSync(join(out, SHEET_NAME))];
  if (record || !sheet) return;
  throw new MedganError(`${join(out, SHEET_NAME)} is there already, and no ${RECORD} beside it`, {
    cure: 'choose another --out',
  });
}

/** Looks at what `target` names. */
async function inspect(target: string, { set }: InspectCommandOptions, given: Given): Promise<Inspected> {
  const kind = await kindOf(target);
  if (kind === 'folder') return inspectFolder(resolve(target), given.options);
  const checked =
    kind === 'control'
      ? await readControl(target, set)
      : await checkControl({ arch: 'dcgan', dataset: target }, { set, source: target });
  for (const note of checked.notes) given.reporter.onWarning(note);
  return inspectRun(checked, given);
}

/** `medgan data inspect <target>`: what there is in a set of images, before it is trained on. */
export function inspectCommand(target: string, command: InspectCommandOptions): Promise<number> {
  const { json, out } = command;
  const reporter = new TerminalReporter({ stream: json ? process.stderr : process.stdout, logEvery: 1 });
  const start = systemClock.monotonic();
  const onProgress = (done: number, total: number): void => {
    const seconds = (systemClock.monotonic() - start) / 1000;
    if (done % 16 === 0 || done === total)
      reporter.onCount({ what: 'images', done, total, rate: seconds > 0 ? done / seconds : 0 });
  };
  if (out !== undefined) guardOutput(out);
  const work = async (signal: AbortSignal): Promise<number> => {
    const options = { workers: WORKERS, maxPixels: MAX_PIXELS, sheet: SHEET, signal, onProgress };
    const { inspection, sheet } = await inspect(target, command, { reporter, options });
    const record = JSON.stringify(inspection, undefined, 2);
    if (out !== undefined) {
      await writeFileAtomically(join(out, RECORD), `${record}\n`);
      if (sheet.length > 0) await writePng(join(out, SHEET_NAME), await contactSheet(sheet, inspection));
    }
    process.stdout.write(`${json ? record : inspectionText(inspection)}\n`);
    if (out !== undefined) reporter.onNote(`written: ${join(out, RECORD)}, ${SHEET_NAME}`);
    return 0;
  };
  return untilInterrupted(work, { onFirst: () => reporter.onNote('stopping') });
}
