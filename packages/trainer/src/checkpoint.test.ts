import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OnnxEngine } from '@medgan/engine';
import { createRng, type NetworkSizes } from '@medgan/plugin-api';
import { readSafetensorsFile } from '@medgan/weights';
import { listCheckpoints, pruneCheckpoints, restoreCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { buildGan, type Gan } from './gan.ts';
import { readNetwork } from './network-state.ts';
import { TOY_SPEC, toyGan } from './toy-gan.testing.ts';

let dir: string;
const engines: OnnxEngine[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'medgan-checkpoint-'));
});
afterEach(async () => {
  rmSync(dir, { recursive: true, force: true });
  await Promise.all(engines.splice(0).map((engine) => engine.dispose()));
});

function gan(seed: number, sizes: NetworkSizes = toyGan.tiny): Gan {
  const engine = new OnnxEngine({ threads: 1 });
  engines.push(engine);
  return buildGan(engine, { ...TOY_SPEC, sizes }, createRng(seed));
}

async function trainSteps(subject: Gan, steps: number): Promise<void> {
  const { both } = subject.updates;
  const program = await subject.engine.compile(both.step, both.inputs(2));
  const rng = createRng('inputs');
  for (let i = 0; i < steps; i++) await program.run({ real: rng.normals(32), latent: rng.normals(4) });
}

describe('a checkpoint', () => {
  it('restores networks, moments and step counts to the bit', async () => {
    const original = gan(1);
    await trainSteps(original, 3);
    const path = await writeCheckpoint(dir, original, { step: 3, epoch: 1 });
    const restored = gan(2);
    expect(await restoreCheckpoint(restored, path)).toEqual({ step: 3, epoch: 1 });
    await trainSteps(original, 2);
    await trainSteps(restored, 2);
    for (const kind of ['generatorParameters', 'discriminatorParameters'] as const) {
      expect(await readNetwork(restored.engine, restored[kind])).toEqual(
        await readNetwork(original.engine, original[kind]),
      );
    }
  });

  it('says in its files what they belong to', async () => {
    const path = await writeCheckpoint(dir, gan(1), { step: 7, epoch: 2 });
    expect(readdirSync(path).sort()).toEqual([
      'discriminator-optimizer.safetensors',
      'discriminator.safetensors',
      'generator-optimizer.safetensors',
      'generator.safetensors',
    ]);
    const { metadata } = await readSafetensorsFile(join(path, 'generator.safetensors'));
    expect(metadata).toMatchObject({ format: 'pt', step: '7', epoch: '2', architecture: 'toy' });
    expect(JSON.parse(metadata['sizes']!)).toEqual(toyGan.tiny);
  });

  it('is refused by a network of other sizes, which stays as it was', async () => {
    const path = await writeCheckpoint(dir, gan(1), { step: 1, epoch: 1 });
    const other = gan(2, { ...toyGan.tiny, latentSize: 3 });
    const before = await readNetwork(other.engine, other.generatorParameters);
    await expect(restoreCheckpoint(other, path)).rejects.toThrow(
      /weight is F32 \[2, 16\], the network has \[3, 16\]/,
    );
    expect(await readNetwork(other.engine, other.generatorParameters)).toEqual(before);
  });

  it('does not count while it is half written, and is written over what a killed process left', async () => {
    const partial = join(dir, 'checkpoints', 'step-0000005.partial');
    mkdirSync(partial, { recursive: true });
    writeFileSync(join(partial, 'generator.safetensors'), 'cut off');
    expect(await listCheckpoints(dir)).toEqual([]);
    await writeCheckpoint(dir, gan(1), { step: 5, epoch: 1 });
    expect((await listCheckpoints(dir)).map(({ step }) => step)).toEqual([5]);
    expect(readdirSync(join(dir, 'checkpoints'))).toEqual(['step-0000005']);
  });

  it('makes way for newer ones', async () => {
    const subject = gan(1);
    for (const step of [1, 2, 10]) await writeCheckpoint(dir, subject, { step, epoch: 1 });
    await pruneCheckpoints(dir, 2);
    expect((await listCheckpoints(dir)).map(({ step }) => step)).toEqual([2, 10]);
  });
});
