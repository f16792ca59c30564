import { loadNative } from '@medgan/native';
import type { Engine } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { startEager } from './eager/backends.ts';
import {
  EAGER_ENGINES,
  EXECUTION_PROVIDERS,
  type EngineName,
  type OnnxEngineName,
  type Precision,
} from './names.ts';
import { NativeEngine } from './native/native-engine.ts';
import { checkDevice } from './onnx/device-check.ts';
import { OnnxEngine, type OnnxEngineOptions } from './onnx/onnx-engine.ts';
import { probeTraining } from './probe.ts';
import { tf } from './tf.ts';

/** An engine that was asked and could not start, and why. */
export interface PassedOver {
  readonly engine: string;
  readonly reason: string;
}

/** The engine that was started, and those that were tried before it. */
export interface Resolution {
  readonly engine: Engine;
  readonly passedOver: readonly PassedOver[];
}

/** Options of the engine that is started; engines ignore those that they do not have. */
export interface ResolveOptions extends Pick<OnnxEngineOptions, 'threads' | 'spinning' | 'monotonic'> {
  /** How the native engine computes convolutions. */
  readonly precision?: Precision;
  /** Called once for each reason why the native engine runs a step by ONNX Runtime. */
  readonly onFallback?: (reason: string) => void;
}

const isOnnx = (name: EngineName): name is OnnxEngineName => name in EXECUTION_PROVIDERS;

async function makeEngine(name: Exclude<EngineName, 'eager'>, options: ResolveOptions): Promise<Engine> {
  if (name === 'native') return startNative(options);
  if (!isOnnx(name)) return startEager(name, { threads: options.threads ?? 2 });
  const provider = EXECUTION_PROVIDERS[name];
  checkDevice(provider);
  return new OnnxEngine({ ...options, provider });
}

function startNative(options: ResolveOptions): Engine {
  const native = loadNative();
  if ('addon' in native) return new NativeEngine({ ...options, addon: native.addon });
  throw new EngineError(`the native engine cannot be loaded: ${native.reason}`, {
    cure: 'in a clone, with gcc or clang: npm run build:native; or use engine: onnx',
  });
}

/** Starts one engine by its own name, and tries it on a small step. @throws EngineError saying why it cannot run here. */
export async function startEngine(
  name: Exclude<EngineName, 'eager'>,
  options: ResolveOptions = {},
): Promise<Engine> {
  const engine = await makeEngine(name, options);
  await probe(engine);
  return engine;
}

/**
 * Frees an engine that does not pass its probe. WebGPU only adds two numbers: with onnxruntime-node 1.30 on SwiftShader,
 * a session that is opened after the state of an earlier one was freed ends the process with a segmentation fault.
 */
async function probe(engine: Engine): Promise<void> {
  try {
    await (engine.name === 'onnx-webgpu' ? probeAddition(engine) : probeTraining(engine));
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

async function probeAddition(engine: Engine): Promise<void> {
  const program = await engine.compile(({ x }) => ({ y: tf.add(x!, x!) }), { x: { shape: [1] } });
  await program.run({ x: Float32Array.of(1) });
  await program.dispose();
}

/** Starts the first of `names` that works, and returns it with the reasons why those before it did not. @throws EngineError */
export async function resolveEngine(
  names: readonly EngineName[],
  options: ResolveOptions = {},
): Promise<Resolution> {
  const passedOver: PassedOver[] = [];
  for (const name of names.flatMap((n) => (n === 'eager' ? EAGER_ENGINES : [n]))) {
    try {
      return { engine: await startEngine(name, options), passedOver };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      passedOver.push({ engine: name, reason: error.what.split('\n')[0]! });
    }
  }
  const reasons = passedOver.map(({ engine, reason }) => `\n  ${engine}: ${reason}`).join('');
  throw new EngineError(`none of the engines works here:${reasons}`, { cure: 'use engine: onnx' });
}
