import { createRequire } from 'node:module';
import { EngineError } from '../../engine-error.ts';
import { loadedBackend, type TensorflowBackend } from './backend.ts';
import { findPackage, installCommand, type TensorflowEngineName } from './package.ts';

/** TensorFlow reads it when it is loaded, and never again. */
const THREADS = 'TF_NUM_INTRAOP_THREADS';

/**
 * Gives Node's `util` the two functions that tfjs-node 4.22 calls at every kernel: Node 23 has removed them, and Node
 * 22 warns of each.
 */
export function provideUtil(util: object): void {
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
  });
}

/** What TensorFlow and its binding read from the environment. */
function prepareEnvironment(threads: number): void {
  process.env[THREADS] = String(threads);
  // Only what ends the process: everything else comes back as an error.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  provideUtil(createRequire(import.meta.url)('node:util') as object);
}

/** The reason why a package did not load, without the list of modules that required one another. */
const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!.trim();

function load(name: TensorflowEngineName, threads: number): TensorflowBackend {
  const found = findPackage(name);
  if (!found) {
    throw new EngineError(`@tensorflow/${name} is not installed`, { cure: installCommand(name) });
  }
  prepareEnvironment(threads);
  try {
    // Not imported, because Node takes its time to list the exports of a bundle.
    found.require(`@tensorflow/${name}`);
  } catch (error) {
    throw new EngineError(`@tensorflow/${name} in ${found.folder} does not load: ${firstLine(error)}`, {
      cure: installCommand(name),
      cause: error,
    });
  }
  return loadedBackend()!;
}

/**
 * Refuses what the TensorFlow of this process cannot do: a process holds one, with one number of threads.
 * `loadedThreads` is the number it was loaded with, undefined where nobody gave it one.
 */
export function checkLoaded(
  backend: Pick<TensorflowBackend, 'isGPUPackage' | 'isUsingGpuDevice'>,
  { name, threads, loadedThreads }: TensorflowOptions & { readonly loadedThreads: string | undefined },
): void {
  const other = backend.isGPUPackage ? 'tfjs-node-gpu' : 'tfjs-node';
  if (other !== name && (name === 'tfjs-node-gpu' || backend.isUsingGpuDevice)) {
    const where = backend.isUsingGpuDevice ? 'GPU' : 'CPU';
    throw new EngineError(
      `this process has loaded the TensorFlow of ${other}, which computes on the ${where}, and can hold no second one`,
      { cure: `start ${name} in a process of its own` },
    );
  }
  if (loadedThreads !== String(threads)) {
    const withThreads = loadedThreads ? `with ${loadedThreads}` : 'without a number';
    throw new EngineError(
      `${name} cannot be given ${threads} threads: TensorFlow was loaded ${withThreads} in this process`,
      { cure: `${loadedThreads ? `use threads: ${loadedThreads}, or` : 'use'} a process of its own` },
    );
  }
}

/** What is asked of TensorFlow. */
export interface TensorflowOptions {
  readonly name: TensorflowEngineName;
  /** CPU threads within an operation. */
  readonly threads: number;
}

/**
 * The backend `tensorflow` of TF.js, loaded from the package of `name` unless the process has it already.
 *
 * @throws EngineError when the package is missing or does not load, and when what is loaded is something else.
 */
export function loadTensorflow({ name, threads }: TensorflowOptions): TensorflowBackend {
  const loaded = loadedBackend();
  if (!loaded) return load(name, threads);
  checkLoaded(loaded, { name, threads, loadedThreads: process.env[THREADS] });
  return loaded;
}
