import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { isAbsent, MedganError, messageOf, writeFileAtomically } from '@medgan/files';
import type { Precision } from '@medgan/engine';
import { RUN_FILES } from '@medgan/plugin-api';
import type { RunConfig } from '@medgan/trainer';
import type { ControlFile } from '../control/control-schema.ts';

/** What computes a run. */
export interface EngineRecord {
  /** As in a control file. */
  readonly name: string;
  readonly device: string;
  readonly threads: number;
  /** Of the engine native only. */
  readonly precision?: Precision;
  /** Why the engine native left steps to ONNX Runtime; absent when it computed all of them. */
  readonly fallback?: readonly string[];
}

/** An engine and where it computes, for people. */
export const engineText = ({ name, device, fallback }: EngineRecord): string =>
  `${name} on ${device}${fallback ? ', in part by ONNX Runtime' : ''}`;

/** What a run was begun with: `config.yaml` of its folder. */
export interface RunRecord {
  readonly control: ControlFile;
  readonly resolved: RunConfig;
  readonly engine: EngineRecord;
  readonly data: {
    readonly fingerprint: string;
    readonly images: number;
    readonly classes: readonly string[];
    /** Images of each class, in their order; runs of 0.1.0 do not have it. */
    readonly perClass?: readonly number[];
    readonly skipped: number;
  };
  readonly versions: Readonly<Record<string, string>>;
}

/** Whether a folder holds a run that has begun. */
export const holdsRun = (dir: string): boolean => existsSync(join(dir, RUN_FILES.record));

/** Runs of 0.1.0 call every engine of ONNX Runtime `onnx`; on a GPU, their device is `cuda` or `webgpu`. */
function namedByDevice(engine: RunRecord['engine']): RunRecord['engine'] {
  const isOnGpu = engine.name === 'onnx' && ['cuda', 'webgpu'].includes(engine.device);
  return isOnGpu ? { ...engine, name: `onnx-${engine.device}` } : engine;
}

/** @throws MedganError when the folder holds no run. */
export async function readRunRecord(runDir: string): Promise<RunRecord> {
  try {
    const record = load(await readFile(join(runDir, RUN_FILES.record), 'utf8')) as RunRecord;
    return { ...record, engine: namedByDevice(record.engine) };
  } catch (error) {
    const reason = isAbsent(error) ? `there is no ${RUN_FILES.record} in it` : messageOf(error);
    throw new MedganError(`${runDir} holds no run: ${reason}`, {
      cure: 'give the folder of a run: <out>/<run>',
      cause: error,
    });
  }
}

/** Writes the record of a run into its folder. */
export async function writeRunRecord(runDir: string, record: RunRecord): Promise<void> {
  const text = dump(record, { noRefs: true, skipInvalid: true });
  await writeFileAtomically(join(runDir, RUN_FILES.record), text);
}
