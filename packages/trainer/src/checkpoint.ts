import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '@medgan/engine';
import { listFolder, MedganError, messageOf, replaceFolder } from '@medgan/files';
import { RUN_FILES } from '@medgan/plugin-api';
import { readSafetensorsFile, writeSafetensorsFile, type TensorData } from '@medgan/weights';
import type { Adam } from './adam.ts';
import type { Gan } from './gan.ts';
import { readNetwork, readTensors, writeNetwork, writeTensor } from './network-state.ts';

/** Where the trainer stands when it writes a checkpoint. */
export interface Position {
  /** Steps done. */
  readonly step: number;
  readonly epoch: number;
}

/** Zero-padded, so that names sort as numbers do. */
export const stepName = (step: number): string => `step-${String(step).padStart(7, '0')}`;

/**
 * Writes `<runDir>/checkpoints/step-<n>/` with the networks under PyTorch's names and layout, the generator's averaged
 * weights where it has them, and the optimisers' moments. The folder appears whole or not at all. Returns its path.
 * @throws MedganError when the disk refuses, naming `lastGood`, the checkpoint to go on from.
 */
export async function writeCheckpoint(
  runDir: string,
  gan: Gan,
  position: Position & { readonly lastGood?: string | undefined },
): Promise<string> {
  const path = join(runDir, RUN_FILES.checkpoints, stepName(position.step));
  try {
    await replaceFolder(path, (draft) => writeNetworks(draft, gan, position));
    return path;
  } catch (cause) {
    const reason = messageOf(cause);
    throw new MedganError(`the checkpoint of step ${position.step} cannot be written: ${reason}`, {
      cure: position.lastGood
        ? `make room, then go on from ${position.lastGood} with: medgan resume ${runDir}`
        : 'make room or choose another out: folder, and start again',
      cause,
    });
  }
}

async function writeNetworks(folder: string, gan: Gan, position: Position): Promise<void> {
  const { engine, spec } = gan;
  const metadata = {
    format: 'pt',
    step: String(position.step),
    epoch: String(position.epoch),
    architecture: spec.architecture.name,
    architecture_options: JSON.stringify(spec.architectureOptions),
    sizes: JSON.stringify(spec.sizes),
  };
  const save = (name: string, tensors: Map<string, TensorData>, more = {}): Promise<void> =>
    writeSafetensorsFile(join(folder, `${name}.safetensors`), tensors, { ...metadata, ...more });
  await save('generator', await readNetwork(engine, gan.generatorParameters));
  await save('discriminator', await readNetwork(engine, gan.discriminatorParameters));
  if (gan.averaged) {
    const { parameters, decay } = gan.averaged;
    await save('generator-ema', await readNetwork(engine, parameters), { ema: String(decay) });
  }
  await save('generator-optimizer', await readTensors(engine, gan.generatorOptimizer.state));
  await save('discriminator-optimizer', await readTensors(engine, gan.discriminatorOptimizer.state));
}

/** A checkpoint of a run. */
export interface FoundCheckpoint {
  readonly step: number;
  readonly path: string;
}

/** Checkpoints of a run, oldest first: half-written ones are not listed. */
export async function listCheckpoints(runDir: string): Promise<FoundCheckpoint[]> {
  const folder = join(runDir, RUN_FILES.checkpoints);
  const names = await listFolder(folder);
  return names
    .flatMap((name) => {
      const step = /^step-(\d+)$/.exec(name)?.[1];
      return step === undefined ? [] : [{ step: Number(step), path: join(folder, name) }];
    })
    .sort((a, b) => a.step - b.step);
}

/** Removes all checkpoints but the newest `keep` and the one of the step `spared`. */
export async function pruneCheckpoints(runDir: string, keep: number, spared?: number): Promise<void> {
  const old = (await listCheckpoints(runDir)).slice(0, -keep);
  for (const { step, path } of old) {
    if (step !== spared) await rm(path, { recursive: true, force: true });
  }
}

/** Puts a checkpoint's networks and moments into a GAN of the same sizes. @throws MedganError when they differ. */
export async function restoreCheckpoint(gan: Gan, path: string): Promise<Position> {
  const read = async (name: string) => {
    const source = join(path, `${name}.safetensors`);
    return { ...(await readSafetensorsFile(source)), source };
  };
  const { engine } = gan;
  const generator = await read('generator');
  writeNetwork(engine, gan.generatorParameters, generator);
  writeNetwork(engine, gan.discriminatorParameters, await read('discriminator'));
  if (gan.averaged) writeNetwork(engine, gan.averaged.parameters, await read('generator-ema'));
  for (const [optimizer, name] of [
    [gan.generatorOptimizer, 'generator-optimizer'],
    [gan.discriminatorOptimizer, 'discriminator-optimizer'],
  ] as const) {
    writeOptimizer(engine, optimizer, await read(name));
  }
  const { step, epoch } = generator.metadata;
  return { step: Number(step), epoch: Number(epoch) };
}

function writeOptimizer(
  engine: Engine,
  optimizer: Adam,
  { tensors, source }: { tensors: ReadonlyMap<string, TensorData>; source: string },
): void {
  for (const { name, variable } of optimizer.state) {
    const tensor = tensors.get(name);
    if (tensor?.data.length !== variable.size) {
      throw new MedganError(`${source} does not hold the moments of ${name}`, {
        cure: 'resume from another checkpoint of this run',
      });
    }
    writeTensor(engine, variable, tensor);
  }
}
