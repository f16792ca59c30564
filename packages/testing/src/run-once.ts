import { startEngine, type Engine, type EngineName, type Step, type Values } from '@medgan/engine';

/** Values of one input of a step, in TF.js layout (images NHWC). */
export interface GivenTensor {
  readonly shape: readonly number[];
  readonly values: Values;
}

/** Starts an engine, passes it to `body`, and frees it in every case. */
export async function withEngine<T>(
  name: Exclude<EngineName, 'eager'>,
  body: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await startEngine(name);
  try {
    return await body(engine);
  } finally {
    await engine.dispose();
  }
}

/** Compiles `step` for the shapes given, runs it once on the values given, and frees the program. */
export async function runOnce(
  engine: Engine,
  step: Step,
  given: Readonly<Record<string, GivenTensor>>,
): Promise<Record<string, Values>> {
  const entries = Object.entries(given);
  const program = await engine.compile(
    step,
    Object.fromEntries(entries.map(([name, { shape, values }]) => [name, { shape, dtype: dtypeOf(values) }])),
  );
  try {
    return await program.run(Object.fromEntries(entries.map(([name, { values }]) => [name, values])));
  } finally {
    await program.dispose();
  }
}

const dtypeOf = (values: Values): 'float32' | 'int32' | 'bool' =>
  values instanceof Float32Array ? 'float32' : values instanceof Int32Array ? 'int32' : 'bool';
