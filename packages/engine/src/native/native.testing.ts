import { loadNative } from '@medgan/native';
import { NativeEngine, type NativeEngineOptions } from './native-engine.ts';

const native = loadNative();

/**
 * The add-on, where it is built. Where it is not, the reason for skipping tests is printed, and it is an error if
 * MEDGAN_NEEDS names the engine, as it does in CI.
 */
export const addon = 'addon' in native ? native.addon : undefined;
if ('reason' in native) {
  if ((process.env['MEDGAN_NEEDS'] ?? '').split(',').includes('native')) throw new Error(native.reason);
  process.stderr.write(`skipped: ${native.reason}\n`);
}

/** A native engine that multiplies exactly and lets no step go to ONNX Runtime. */
export const startNative = (options: Partial<NativeEngineOptions> = {}): NativeEngine =>
  new NativeEngine({
    addon: addon!,
    precision: 'exact',
    verifyPasses: true,
    onFallback: (reason) => {
      throw new Error(`falls back: ${reason}`);
    },
    ...options,
  });
