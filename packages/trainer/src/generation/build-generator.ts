import type { Engine } from '@medgan/engine';
import { ParameterStore, createRng, type Generator, type ParameterScope } from '@medgan/plugin-api';
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

/** Builds the generator in an engine and puts the weights into it. @throws MedganError when they do not fit. */
export function buildGenerator(engine: Engine, weights: GeneratorWeights): Generator {
  const { architecture, architectureOptions, sizes } = weights;
  const store = new ParameterStore(engine, createRng(0));
  // The discriminator is never built; its width only completes the sizes.
  const all = { ...sizes, discriminatorFeatures: sizes.generatorFeatures };
  const generator = architecture.generator(all, architectureOptions, blank(store.root));
  writeNetwork(engine, store, weights);
  return generator;
}
