/**
 * Names of the engines. This module loads nothing of TF.js.
 *
 * @module @medgan/engine/names
 */

/** Names of the eager engines, in order of preference. */
export const EAGER_ENGINES = ['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu'] as const;

/** Name of an engine that runs steps eagerly on a TF.js backend. */
export type EagerEngineName = (typeof EAGER_ENGINES)[number];

/** Engines by name: `native` and `onnx` compile, the others run eagerly; `eager` takes the first of those that works. */
export const ENGINE_NAMES = [
  'native',
  'onnx',
  'onnx-cuda',
  'onnx-webgpu',
  'eager',
  ...EAGER_ENGINES,
] as const;

/** Name of an engine, as in control files and for `--engine`. */
export type EngineName = (typeof ENGINE_NAMES)[number];

/**
 * How the engine `native` computes convolutions: `exact` as sums of products in one order; `default` and `fast` by
 * Winograd's minimal filtering where it serves the shape, which needs fewer multiplications and rounds more.
 */
export const PRECISIONS = ['exact', 'default', 'fast'] as const;

/** Name of a way to compute convolutions. */
export type Precision = (typeof PRECISIONS)[number];

/** What ONNX Runtime calls the device that an engine computes on: its execution provider. */
export const EXECUTION_PROVIDERS = {
  onnx: 'cpu',
  'onnx-cuda': 'cuda',
  'onnx-webgpu': 'webgpu',
} as const satisfies Partial<Record<EngineName, string>>;

/** Name of an engine that runs steps in ONNX Runtime. */
export type OnnxEngineName = keyof typeof EXECUTION_PROVIDERS;

/** Execution providers of ONNX Runtime that an engine can use. */
export type ExecutionProvider = (typeof EXECUTION_PROVIDERS)[OnnxEngineName];

/** Engines that compute on a GPU, in order of preference. */
export const GPU_ENGINES = [
  'onnx-cuda',
  'onnx-webgpu',
  'tfjs-node-gpu',
] as const satisfies readonly EngineName[];

/** Engines that compute on the CPU where a control file names none, fastest first: the first that can be started is used. */
export const CPU_ENGINES = ['native', 'onnx'] as const satisfies readonly EngineName[];

/** The engines to try, in order: the one that is named, else those on a GPU where one is wanted, then those on the CPU. */
export const enginesToTry = (named: EngineName | undefined, wantsGpu: boolean): readonly EngineName[] =>
  named !== undefined ? [named] : wantsGpu ? [...GPU_ENGINES, ...CPU_ENGINES] : CPU_ENGINES;

/** The kind of processor that an engine computes on. */
export type Accelerator = 'cpu' | 'gpu';

/** The kind of processor that the engine `name` computes on. */
export const acceleratorOf = (name: string): Accelerator =>
  (GPU_ENGINES as readonly string[]).includes(name) ? 'gpu' : 'cpu';
