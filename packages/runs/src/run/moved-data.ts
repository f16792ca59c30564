import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { MedganError, resolvePath } from '@medgan/files';
import type { PackedImages, Plugins } from '@medgan/plugin-api';
import { fileOptionsOf } from '../control/absolute-paths.ts';
import type { ControlFile } from '../control/control-schema.ts';
import type { ResolvedRun } from '../control/resolve-control.ts';
import type { RunRecord } from './run-record.ts';

/** The cure where the images of a run are not found, or are others. */
export const NAME_DATA = 'if the images lie elsewhere now, name their folder: --data <folder>';

/** What the data of a run are read from now. */
export interface MovedData {
  /** Folder of the images now. */
  readonly folder: string;
  readonly plugins: Plugins;
  readonly runDir: string;
}

/**
 * The control file of a run whose images lie in `folder` now, with the tables that lay among them.
 * @throws MedganError when the run's images are in no folder.
 */
export function withMovedData(control: ControlFile, { folder, plugins, runDir }: MovedData): ControlFile {
  if (control.path === undefined) {
    throw new MedganError(`${runDir} was trained on images of no folder, so --data has no effect`, {
      cure: 'leave --data out',
    });
  }
  const [from, to] = [resolvePath(control.path), resolve(folder)];
  const moved = (file: string): string => {
    const inside = relative(from, file);
    const isInside =
      isAbsolute(file) && inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
    return isInside ? join(to, inside) : file;
  };
  const { splits, dataset_options: options } = control;
  const files = Object.fromEntries(
    fileOptionsOf(control, plugins).flatMap((name) => {
      const file = (options as Readonly<Record<string, unknown>>)[name];
      return typeof file === 'string' ? [[name, moved(file)]] : [];
    }),
  );
  return {
    ...control,
    path: to,
    ...(typeof splits === 'string' ? { splits: moved(splits) } : {}),
    dataset_options: { ...options, ...files },
  };
}

/** @throws MedganError when the folder of a run's images is not there, or no longer. */
export function requireDataFolder({ data }: Pick<ResolvedRun, 'data'>, runDir: string): void {
  if (data.path === undefined || existsSync(data.path)) return;
  throw new MedganError(`${runDir} was trained on the images of ${data.path}, which is not there`, {
    cure: NAME_DATA,
  });
}

/** @throws MedganError when the images are not those that the run was trained on. */
export function requireSameData(
  images: Pick<PackedImages, 'fingerprint' | 'count'>,
  { data }: Pick<RunRecord, 'data'>,
  { runDir, path }: { readonly runDir: string; readonly path: string | undefined },
): void {
  if (images.fingerprint === data.fingerprint) return;
  const where = path === undefined ? '' : ` in ${path}`;
  throw new MedganError(
    `the data of ${runDir} have changed: it was trained on ${data.images} images of fingerprint ` +
      `${short(data.fingerprint)}, there are ${images.count} of ${short(images.fingerprint)}${where} now`,
    {
      cure:
        path === undefined
          ? 'take the version of medgan that made them: others would be another task'
          : `put those images back, for others would be another task; ${NAME_DATA}`,
    },
  );
}

const short = (fingerprint: string): string => `${fingerprint.slice(0, 12)}…`;
