import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Engine } from '@medgan/engine';
import type { ControlFile } from '../control/control-schema.ts';
import type { ResolvedRun } from '../control/resolve-control.ts';
import { isNativePresent } from './native.testing.ts';
import { computedAsBegun, noteSlowerEngine, startRunEngine } from './run-engine.ts';
import type { EngineRecord } from './run-record.ts';

/** Starts an engine for a run; returns its accelerator and the warnings. */
async function started(
  engines: Parameters<typeof startRunEngine>[0]['engines'],
  wantsGpu: boolean,
): Promise<{ accelerator: string; warnings: string[] }> {
  const warnings: string[] = [];
  const { engine } = await startRunEngine(
    { engines, threads: 1, wantsGpu },
    { onWarning: (message) => warnings.push(message) },
  );
  await engine.dispose();
  return { accelerator: engine.accelerator, warnings };
}

it('warns when a GPU is asked for and the run computes on the CPU, and names the reasons', async () => {
  const { accelerator, warnings } = await started(['onnx-cuda', 'onnx'], true);
  // On a machine with CUDA there is nothing to warn of.
  if (accelerator === 'gpu') return expect(warnings).toEqual([]);
  expect(warnings).toEqual([
    expect.stringMatching(/^n_gpu asks for a GPU, but .*\(onnx-cuda: .+\); computing on CPU/),
  ]);
});

it('does not warn when no GPU is asked for, nor when the CPU is the only choice', async () => {
  expect((await started(['onnx-cuda', 'onnx'], false)).warnings).toEqual([]);
  expect(await started(['onnx'], true)).toEqual({ accelerator: 'cpu', warnings: [] });
});

it.skipIf(!isNativePresent)('warns once that the engine native leaves a step to ONNX Runtime', async () => {
  const warnings: string[] = [];
  const reasons: string[] = [];
  const { engine } = await startRunEngine(
    {
      engines: ['native'],
      threads: 1,
      wantsGpu: false,
      precision: 'exact',
      onFallback: (reason) => reasons.push(reason),
    },
    { onWarning: (message) => warnings.push(message) },
  );
  const step = ({ x }: Readonly<Record<string, tf.Tensor>>) => ({
    y: tf.tile(tf.reshape(x!, [2, 2, 2, 2, 2]), [2, 2, 2, 2, 2]),
  });
  for (let i = 0; i < 2; i++) {
    const program = await engine.compile(step, { x: { shape: [32] } });
    expect((await program.run({ x: new Float32Array(32).fill(1) }))['y']).toEqual(
      new Float32Array(1024).fill(1),
    );
  }
  await engine.dispose();
  expect(engine).toMatchObject({ name: 'native', precision: 'exact' });
  expect(reasons).toEqual(['a view of 10 axes']);
  expect(warnings).toEqual([
    'the engine native leaves a step to ONNX Runtime, which is slower: a view of 10 axes',
  ]);
});

describe('a run that goes on', () => {
  const run = { engines: ['native', 'onnx'], threads: 8 } as unknown as ResolvedRun;
  const begun: EngineRecord = { name: 'onnx', device: 'CPU', threads: 2 };

  it('has the engine and the threads that it was begun with, though others are the default by now', () => {
    const control = {} as ControlFile;
    expect(computedAsBegun(run, { control, begun })).toMatchObject({
      engines: ['onnx', 'native'],
      threads: 2,
    });
    expect(
      computedAsBegun(run, { control, begun: { ...begun, name: 'native', precision: 'exact' } }),
    ).toMatchObject({ engines: ['native', 'onnx'], precision: 'exact' });
  });

  it('has those that its control file names', () => {
    const control = { engine: 'native', threads: 8, precision: 'default' } as ControlFile;
    const named = { ...run, engines: ['native'] } as const;
    expect(computedAsBegun(named, { control, begun: { ...begun, precision: 'exact' } })).toEqual({
      ...named,
      precision: 'default',
    });
  });
});

it('notes that native could not be started where another engine on the CPU is taken in its place', () => {
  const notes: string[] = [];
  const note = (accelerator: 'cpu' | 'gpu', passedOver: readonly string[]): void =>
    noteSlowerEngine(
      {
        engine: { name: 'onnx', accelerator } as Engine,
        passedOver: passedOver.map((engine) => ({ engine, reason: 'it is not built' })),
      },
      { onNote: (message) => notes.push(message) },
    );
  note('cpu', []);
  note('gpu', ['native']);
  expect(notes).toEqual([]);
  note('cpu', ['native']);
  expect(notes).toEqual(['onnx computes, because it is not built; native is faster: see medgan doctor']);
});
