/**
 * Runs every kernel's cases on a device and prints those that differ from TF.js's `cpu` backend by more than the cases
 * allow. For a machine with a GPU; NVIDIA_TF32_OVERRIDE=0 makes CUDA multiply in float32.
 *
 *     npx tsx --conditions=@medgan/source packages/engine/src/testing-cases/check-provider.testing.ts cuda
 */
import { checkDevice } from '../onnx/device-check.ts';
import type { ExecutionProvider } from '../names.ts';
import { OnnxEngine } from '../onnx/onnx-engine.ts';
import { CASES } from './all.test-cases.ts';
import { largestError, runCase } from './op-case.testing.ts';

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const provider = process.argv[2] as ExecutionProvider;
checkDevice(provider);
let wrong = 0;
for (const opCase of CASES) {
  const tolerance = opCase.tolerance ?? 1e-5;
  try {
    const { compiled, expected } = await runCase(opCase, () => new OnnxEngine({ threads: 1, provider }));
    const errors = Object.entries(expected).map(([name, values]) => largestError(compiled[name]!, values));
    const error = Math.max(...errors);
    if (error <= tolerance) continue;
    say(`${opCase.name}: off by ${error.toExponential(1)}, ${tolerance} is allowed`);
  } catch (thrown) {
    say(`${opCase.name}: ${(thrown as Error).message}`);
  }
  wrong++;
}
say(`${provider}: ${CASES.length - wrong} of ${CASES.length} cases agree`);
process.exitCode = wrong === 0 ? 0 : 1;
