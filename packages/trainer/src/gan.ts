import type { Engine } from '@medgan/engine';
import {
  ParameterStore,
  type Architecture,
  type Discriminator,
  type Generator,
  type Objective,
  type Rng,
} from '@medgan/plugin-api';
import { ADAM_DEFAULTS, Adam } from './adam.ts';
import { AveragedNetwork } from './averaged-network.ts';
import type { GanSettings } from './run-config.ts';
import { ganUpdates, type Updates } from './step.ts';

/** What a GAN is built from. */
export interface GanSpec extends GanSettings {
  readonly architecture: Architecture;
  readonly architectureOptions: object;
  readonly objective: Objective;
  readonly objectiveOptions: object;
}

/** A GAN living in one engine. */
export interface Gan {
  readonly engine: Engine;
  readonly spec: GanSpec;
  readonly generator: Generator;
  readonly discriminator: Discriminator;
  readonly generatorParameters: ParameterStore;
  readonly discriminatorParameters: ParameterStore;
  readonly generatorOptimizer: Adam;
  readonly discriminatorOptimizer: Adam;
  /** What images are drawn with, where `spec.ema` asks for it. */
  readonly averaged: AveragedNetwork<Generator> | undefined;
  readonly updates: Updates;
}

/** Builds both networks with start values from `rng`, their optimisers, and the updates that train them. */
export function buildGan(engine: Engine, spec: GanSpec, rng: Rng): Gan {
  const { architecture, architectureOptions, sizes, learningRate, beta1, beta2 = ADAM_DEFAULTS.beta2 } = spec;
  const buildGenerator = (store: ParameterStore): Generator =>
    architecture.generator(sizes, architectureOptions, store.root);
  const generatorParameters = new ParameterStore(engine, rng.split('generator'));
  const discriminatorParameters = new ParameterStore(engine, rng.split('discriminator'));
  const generator = buildGenerator(generatorParameters);
  const discriminator = architecture.discriminator(sizes, architectureOptions, discriminatorParameters.root);
  const optimizer = (store: ParameterStore, rate: number): Adam =>
    new Adam(engine, store.list(), { ...ADAM_DEFAULTS, learningRate: rate, beta1, beta2 });
  const generatorOptimizer = optimizer(generatorParameters, learningRate.generator);
  const discriminatorOptimizer = optimizer(discriminatorParameters, learningRate.discriminator);
  const averaged =
    spec.ema === undefined
      ? undefined
      : new AveragedNetwork({
          decay: spec.ema,
          updates: generatorOptimizer.updates,
          build: buildGenerator,
          trained: generatorParameters,
          own: new ParameterStore(engine, rng.split('generator')),
        });
  const updates = ganUpdates({
    ...spec,
    diffAugment: spec.diffAugment ?? [],
    generator,
    discriminator,
    generatorOptimizer,
    discriminatorOptimizer,
    averaged,
  });
  return {
    engine,
    spec,
    generator,
    discriminator,
    generatorParameters,
    discriminatorParameters,
    generatorOptimizer,
    discriminatorOptimizer,
    averaged,
    updates,
  };
}
