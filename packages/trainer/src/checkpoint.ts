import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { storedShape, type Engine } from '@medgan/engine';
import { readSafetensorsFile, writeSafetensorsFile, type TensorData } from '@medgan/weights';
import type { Adam } from './adam.ts';
import type { Gan } from './gan.ts';
import { readNetwork } from './network-state.ts';

/** Where the trainer stands when it writes a checkpoint. */
export interface Position {
  /** Steps done. */
  readonly step: number;
  readonly epoch: number;
}

/** Zero-padded, so that names sort as numbers do. */
export const stepName = (step: number): string => `step-${String(step).padStart(7, '0')}`;

async function readOptimizer(engine: Engine, optimizer: Adam): Promise<Map<string, TensorData>> {
  const tensors = new Map<string, TensorData>();
  for (const { name, variable } of optimizer.state) {
    const values = await engine.read(variable);
    tensors.set(
      name,
      values instanceof Int32Array
        ? { dtype: 'I64', shape: [], data: BigInt64Array.of(BigInt(values[0]!)) }
        : { dtype: 'F32', shape: storedShape(variable.shape), data: values },
    );
  }
  return tensors;
}

/**
 * Writes `<runDir>/checkpoints/step-<n>/` with the networks under PyTorch's names and layout and the optimisers'
 * moments. The folder appears whole or not at all. Returns its path.
 */
export async function writeCheckpoint(runDir: string, gan: Gan, position: Position): Promise<string> {
  const folder = join(runDir, 'checkpoints');
  const final = join(folder, stepName(position.step));
  const temporary = `${final}.partial`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  const { engine, spec } = gan;
  const metadata = {
    format: 'pt',
    step: String(position.step),
    epoch: String(position.epoch),
    architecture: spec.architecture.name,
    architecture_options: JSON.stringify(spec.architectureOptions),
    sizes: JSON.stringify(spec.sizes),
  };
  const save = (name: string, tensors: Map<string, TensorData>): Promise<void> =>
    writeSafetensorsFile(join(temporary, `${name}.safetensors`), tensors, metadata);
  await save('generator', await readNetwork(engine, gan.generatorParameters));
  await save('discriminator', await readNetwork(engine, gan.discriminatorParameters));
  await save('generator-optimizer', await readOptimizer(engine, gan.generatorOptimizer));
  await save('discriminator-optimizer', await readOptimizer(engine, gan.discriminatorOptimizer));
  await rm(final, { recursive: true, force: true });
  await rename(temporary, final);
  return final;
}

/** Checkpoints of a run, oldest first: half-written ones are not listed. */
export async function listCheckpoints(runDir: string): Promise<{ step: number; path: string }[]> {
  const folder = join(runDir, 'checkpoints');
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .flatMap((name) => {
      const step = /^step-(\d+)$/.exec(name)?.[1];
      return step === undefined ? [] : [{ step: Number(step), path: join(folder, name) }];
    })
    .sort((a, b) => a.step - b.step);
}

/** Removes all but the newest `keep` checkpoints. */
export async function pruneCheckpoints(runDir: string, keep: number): Promise<void> {
  const old = (await listCheckpoints(runDir)).slice(0, -keep);
  for (const { path } of old) await rm(path, { recursive: true, force: true });
}

/** The networks and moments of a checkpoint, by file. */
export async function readCheckpointFile(
  path: string,
  name: string,
): Promise<ReadonlyMap<string, TensorData>> {
  return (await readSafetensorsFile(join(path, `${name}.safetensors`))).tensors;
}
