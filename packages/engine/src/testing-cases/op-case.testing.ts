import type { Tensor } from '@tensorflow/tfjs-core';
import type { DType, Engine, InputSpec, Step, Values } from '../engine.ts';
import type { Graph } from '../graph/graph.ts';
import { OnnxEngine } from '../onnx/onnx-engine.ts';
import { startEngine } from '../resolve.ts';
import { tf, withBackend } from '../tf.ts';

/** Random values between `low` and `high`; whole numbers for int32, 0 or 1 for bool. */
export interface RandomInput {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly low: number;
  readonly high: number;
}

/** A step that the compiled engine and TF.js both run, and the kernels that it tests. */
export interface OpCase {
  readonly name: string;
  readonly covers: readonly string[];
  readonly inputs: Readonly<Record<string, RandomInput>>;
  readonly step: (inputs: Readonly<Record<string, Tensor>>) => Tensor | readonly Tensor[];
  /** Largest absolute error, and error relative to the expected value; default 1e-5. */
  readonly tolerance?: number;
}

/** Float32 values in [low, high). */
export const f32 = (
  shape: readonly number[],
  [low, high]: readonly [number, number] = [-2, 2],
): RandomInput => ({
  shape,
  dtype: 'float32',
  low,
  high,
});

/** Whole numbers in [low, high). */
export const i32 = (
  shape: readonly number[],
  [low, high]: readonly [number, number] = [-5, 6],
): RandomInput => ({
  shape,
  dtype: 'int32',
  low,
  high,
});

export const bool = (shape: readonly number[]): RandomInput => ({ shape, dtype: 'bool', low: 0, high: 2 });

/** An image operation that changes nothing: the compiled engine holds its output as NCHW. */
export const asImage = (x: Tensor): Tensor => tf.avgPool(x as never, 1, 1, 'valid');

/** Random numbers in [0, 1) by mulberry32, the same in every run. */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function randomValues({ shape, dtype, low, high }: RandomInput, next: () => number): Values {
  const size = shape.reduce((product, n) => product * n, 1);
  const draw = (): number => low + (high - low) * next();
  switch (dtype) {
    case 'float32':
      return Float32Array.from({ length: size }, draw);
    case 'int32':
      return Int32Array.from({ length: size }, () => Math.floor(draw()));
    case 'bool':
      return Uint8Array.from({ length: size }, () => Math.floor(draw()));
  }
}

/** The case as a step whose outputs are y0, y1, … */
export const asStep =
  ({ step }: OpCase): Step =>
  (inputs) => {
    const result = step(inputs);
    const list = Array.isArray(result) ? (result as Tensor[]) : [result as Tensor];
    return Object.fromEntries(list.map((tensor, i) => [`y${i}`, tensor]));
  };

/** Results of a case on both engines. */
export interface CaseResult {
  readonly compiled: Readonly<Record<string, Values>>;
  readonly expected: Readonly<Record<string, Values>>;
  /** Types of the outputs: `y0 float32[2,3]`, by the compiled graph and by TF.js. */
  readonly compiledTypes: readonly string[];
  readonly expectedTypes: readonly string[];
  /** Kernels that TF.js called, and kernels of the compiled graph. */
  readonly kernels: ReadonlySet<string>;
}

/** An engine whose graphs can be looked at. */
export type CompilingEngine = Engine & {
  graph(step: Step, inputs: Readonly<Record<string, InputSpec>>): Graph;
};

/** Runs a case on a compiling engine and on TF.js's `cpu` backend. */
export async function runCase(
  opCase: OpCase,
  start: () => CompilingEngine = () => new OnnxEngine({ verifyPasses: true, threads: 1 }),
): Promise<CaseResult> {
  const next = uniform(opCase.name.length * 7919 + 1);
  const values = Object.fromEntries(
    Object.entries(opCase.inputs).map(([name, input]) => [name, randomValues(input, next)]),
  );
  const specs: Record<string, InputSpec> = opCase.inputs;
  const step = asStep(opCase);
  const engine = start();
  const cpu = await startEngine('cpu');
  try {
    const graph = engine.graph(step, specs);
    const compiled = await (await engine.compile(step, specs)).run(values);
    const expected = await (await cpu.compile(step, specs)).run(values);
    const called = await withBackend('cpu', () => describe(step, specs, values));
    return {
      compiled,
      expected,
      compiledTypes: graph.outputs.map(({ name, value }) => {
        const { dtype, shape } = graph.values.get(value)!;
        return `${name} ${dtype}[${shape.join()}]`;
      }),
      expectedTypes: called.types,
      kernels: new Set([...called.kernels, ...graph.nodes.map((node) => node.kernel)]),
    };
  } finally {
    await engine.dispose();
    await cpu.dispose();
  }
}

/** Kernels that TF.js calls for a step, and types of its outputs. */
async function describe(
  step: Step,
  specs: Readonly<Record<string, InputSpec>>,
  values: Readonly<Record<string, Values>>,
): Promise<{ kernels: string[]; types: string[] }> {
  const types: string[] = [];
  const profile = await tf.profile(() =>
    tf.tidy(() => {
      const tensors = Object.entries(specs).map(([name, { shape, dtype }]) => [
        name,
        tf.tensor(values[name]!, [...shape], dtype),
      ]);
      const outputs = step(Object.fromEntries(tensors) as Record<string, Tensor>);
      for (const [name, { dtype, shape }] of Object.entries(outputs))
        types.push(`${name} ${dtype}[${shape.join()}]`);
      return [];
    }),
  );
  return { kernels: profile.kernelNames, types };
}

/** Largest error of `actual`, absolute or relative to the expected value, whichever is smaller; NaN equals NaN. */
export function largestError(actual: Values, expected: Values): number {
  if (actual.length !== expected.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!];
    if (Object.is(a, b) || a === b) continue;
    const error = Math.abs(a - b) / Math.max(1, Math.abs(b));
    worst = Number.isNaN(error) ? Infinity : Math.max(worst, error);
  }
  return worst;
}
