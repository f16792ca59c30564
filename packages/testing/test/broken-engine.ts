import * as tf from '@tensorflow/tfjs-core';
import { fromStored, startEngine, toStored, type Engine, type Program, type Values } from '@medgan/engine';

/** An engine that is right in everything but what `change` replaces. */
export async function engineWith(change: (engine: Engine) => Partial<Engine>): Promise<Engine> {
  const engine = await startEngine('cpu');
  const whole: Engine = {
    name: engine.name,
    accelerator: engine.accelerator,
    device: engine.device,
    stepsPerCall: engine.stepsPerCall,
    variable: (spec) => engine.variable(spec),
    read: (variable) => engine.read(variable),
    write: (variable, values) => engine.write(variable, values),
    compile: (step, inputs) => engine.compile(step, inputs),
    dispose: () => engine.dispose(),
  };
  return { ...whole, ...change(engine) };
}

type Inputs = Parameters<Program['run']>[0];

/** Programs whose runs are replaced. */
export const running =
  (run: (program: Program, inputs: Inputs) => Promise<Record<string, Values>>) =>
  (engine: Engine): Partial<Engine> => ({
    async compile(step, inputs) {
      const program = await engine.compile(step, inputs);
      return {
        description: program.description,
        run: (values) => run(program, values),
        runSeries: async (series) => {
          const outputs = [];
          for (const values of series) outputs.push(await run(program, values));
          return outputs;
        },
        dispose: () => program.dispose(),
      };
    },
  });

/** Variables that are kept in TF.js layout, as if it were the stored one. */
export function withoutLayout(engine: Engine): Partial<Engine> {
  return {
    variable: ({ values, ...spec }) =>
      engine.variable({ ...spec, ...(values ? { values: toStored(values, spec.shape) } : {}) }),
    read: async (variable) => fromStored(await engine.read(variable), variable.shape),
    write: (variable, values) => engine.write(variable, toStored(values, variable.shape)),
  };
}

/** Variables that every run puts back to where they started. */
export function withoutMemory(engine: Engine): Partial<Engine> {
  const start = new Map<tf.Variable, Float32Array | Int32Array>();
  return {
    variable(spec) {
      const variable = engine.variable(spec);
      start.set(
        variable,
        spec.values ?? new (spec.dtype === 'int32' ? Int32Array : Float32Array)(variable.size),
      );
      return variable;
    },
    ...running(async (program, inputs) => {
      const outputs = await program.run(inputs);
      for (const [variable, values] of start) engine.write(variable, values);
      return outputs;
    })(engine),
  };
}

/** One array a variable, handed out at every read. */
export function withSharedReads(engine: Engine): Partial<Engine> {
  const seen = new Map<tf.Variable, Float32Array | Int32Array>();
  return {
    async read(variable) {
      const values = seen.get(variable) ?? (await engine.read(variable));
      seen.set(variable, values);
      return values;
    },
  };
}

/** A tensor left behind at every run. */
export const leaking = running((program, inputs) => {
  tf.tensor1d([1]);
  return program.run(inputs);
});
