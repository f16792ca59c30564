import { expect, it } from 'vitest';
import { startRunEngine } from './run-engine.ts';

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
