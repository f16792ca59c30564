import { loadNative } from '@medgan/native';
import { NativeEngine, type NativeEngineOptions } from './native-engine.ts';

const native = loadNative();

/** The add-on, where it is built; tests of the native engine are skipped without it. */
export const addon = 'addon' in native ? native.addon : undefined;

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
