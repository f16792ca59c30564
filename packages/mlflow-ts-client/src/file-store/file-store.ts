import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeFileAtomically } from '../atomic-file.ts';
import { MlflowError, quote } from '../errors.ts';
import { checkExperimentName, checkKey } from '../names.ts';
import type { NonFinite } from '../options.ts';
import type { Labels } from '../types.ts';
import { FileExperiment } from './file-experiment.ts';
import { experimentIdOf } from './ids.ts';
import { readYamlString, toYaml } from './yaml.ts';

/** The clock of a file store, and what it does with values MLflow cannot hold. */
export interface FileStoreOptions {
  /** Milliseconds since the Unix epoch: the creation times of experiments. */
  readonly now: () => number;
  /** What becomes of NaN and ±Infinity: 'skip' (the default, and reported), 'send' (written), 'error'. */
  readonly nonFinite?: NonFinite;
  /** Cut parameters to 6000 and tags to 8000 characters (true, the default), or refuse longer ones. */
  readonly truncateLongValues?: boolean;
}

/** How an experiment is made where there is none of that name. */
export interface FileExperimentOptions {
  /** Digits only, 18 at most; made from the name by default. */
  readonly experimentId?: string;
  readonly tags?: Labels;
  /** Milliseconds since the Unix epoch; `now()` by default. */
  readonly creationTime?: number;
}

/**
 * Writes MLflow's local file store, an `mlruns/` folder, without a server. `mlflow migrate-filestore` brings it into a
 * database. The folder keeps absolute paths to its artifacts, as MLflow's own does: it is not meant to be moved.
 */
export class FileStore {
  /** Absolute. */
  readonly root: string;
  readonly #options: FileStoreOptions;

  /** @param root the `mlruns` folder; made when the first experiment is written */
  constructor(root: string, options: FileStoreOptions) {
    this.root = resolve(root);
    this.#options = options;
  }

  /** The experiment of this name: the one that is there, or a new one. Tags are written in both cases. */
  async experiment(name: string, options: FileExperimentOptions = {}): Promise<FileExperiment> {
    checkExperimentName(name);
    const existing = await this.#find(name);
    const experimentId = existing?.id ?? options.experimentId ?? experimentIdOf(name);
    if (!/^\d{1,18}$/.test(experimentId)) {
      throw new MlflowError(`experiment id ${quote(experimentId)} is no number`, {
        cure: 'give 1 to 18 digits; MLflow reads nothing else when it migrates',
      });
    }
    const path = join(this.root, experimentId);
    if (existing === undefined) await this.#create({ name, experimentId, path, options });
    for (const [key, value] of Object.entries(options.tags ?? {})) {
      checkKey('experiment tag', key);
      await writeFileAtomically(join(path, 'tags', key), [Buffer.from(String(value))]);
    }
    return new FileExperiment({
      name,
      experimentId,
      path,
      scratch: join(this.root, '.trash'),
      nonFinite: this.#options.nonFinite ?? 'skip',
      truncate: this.#options.truncateLongValues ?? true,
    });
  }

  async #create(at: {
    name: string;
    experimentId: string;
    path: string;
    options: FileExperimentOptions;
  }): Promise<void> {
    const taken = await readFile(join(at.path, 'meta.yaml'), 'utf8').catch(() => undefined);
    if (taken !== undefined) {
      throw new MlflowError(`experiment id ${at.experimentId} is taken in ${this.root}`, {
        cure: `give ${quote(at.name)} another experimentId`,
      });
    }
    const created = at.options.creationTime ?? this.#options.now();
    const meta = toYaml({
      artifact_location: pathToFileURL(at.path).href,
      creation_time: created,
      experiment_id: at.experimentId,
      last_update_time: created,
      lifecycle_stage: 'active',
      name: at.name,
    });
    await writeFileAtomically(join(at.path, 'meta.yaml'), [Buffer.from(meta)]);
  }

  async #find(name: string): Promise<{ id: string } | undefined> {
    const entries = await readdir(this.root, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isDirectory() || !/^\d+$/.test(entry.name)) continue;
      const meta = await readFile(join(this.root, entry.name, 'meta.yaml'), 'utf8').catch(() => '');
      if (readYamlString(meta, 'name') === name) return { id: entry.name };
    }
    return undefined;
  }
}
