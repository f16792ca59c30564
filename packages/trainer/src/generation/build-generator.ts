import type { Engine } from '@medgan/engine';
import { ParameterStore, createRng, type Generator, type ParameterScope } from '@medgan/plugin-api';
import type { TensorData } from '@medgan/weights';
import { writeNetwork } from '../network-state.ts';
import type { GeneratorWeights } from './generator-weights.ts';

/** Start values are overwritten at once: zeros spare drawing millions of random numbers. */
const blank = (scope: ParameterScope): ParameterScope => ({
  scope: (name) => blank(scope.scope(name)),
  parameter: (name, spec) =>
    scope.parameter(name, {
      ...spec,
      init: (shape) => new Float32Array(shape.reduce((product, n) => product * n, 1)),
    }),
  counter: (name) => scope.counter(name),
});

/**
 * The weights with counters as this program writes them: int64, a single number. PyTorch before 0.4.1 had none, and other
 * tools drop them or keep them as floats. They count training batches, which decides nothing in a generator that draws.
 */
function withCounters(
  { tensors, source }: GeneratorWeights,
  store: ParameterStore,
): { readonly tensors: ReadonlyMap<string, TensorData>; readonly source: string } {
  const all = new Map(tensors);
  for (const { name, counter } of store.list()) {
    if (!counter) continue;
    const count = Number(all.get(name)?.data[0] ?? 0);
    const data = BigInt64Array.of(BigInt(Number.isFinite(count) ? Math.trunc(count) : 0));
    all.set(name, { dtype: 'I64', shape: [], data });
  }
  return { tensors: all, source };
}

/** Builds the generator in an engine and puts the weights into it. @throws MedganError when they do not fit. */
export function buildGenerator(engine: Engine, weights: GeneratorWeights): Generator {
  const { architecture, architectureOptions, sizes } = weights;
  const store = new ParameterStore(engine, createRng(0));
  // The discriminator is never built; its width only completes the sizes.
  const all = { ...sizes, discriminatorFeatures: sizes.generatorFeatures };
  const generator = architecture.generator(all, architectureOptions, blank(store.root));
  writeNetwork(engine, store, withCounters(weights, store));
  return generator;
}
