import type { Engine } from '@medgan/engine';
import {
  ParameterStore,
  type Architecture,
  type Discriminator,
  type Generator,
  type Labels,
  type NetworkSizes,
  type Objective,
  type Rng,
} from '@medgan/plugin-api';
import { ADAM_DEFAULTS, Adam } from './adam.ts';
import { AveragedGenerator } from './averaged-generator.ts';
import type { DiffAugmentation } from './diff-augment.ts';
import { ganUpdates, type Updates } from './step.ts';

/** What a GAN is built from. */
export interface GanSpec {
  readonly architecture: Architecture;
  readonly architectureOptions: object;
  readonly sizes: NetworkSizes;
  readonly objective: Objective;
  readonly objectiveOptions: object;
  readonly labels: Labels;
  readonly learningRate: { readonly generator: number; readonly discriminator: number };
  readonly beta1: number;
  /** Absent = 0.999. */
  readonly beta2?: number;
  /** Updates of the discriminator for one of the generator; absent = 1. */
  readonly discriminatorSteps?: number;
  /** γ of the R1 penalty; absent = none. */
  readonly r1?: number;
  /** DiffAugment's policy; absent = none. */
  readonly diffAugment?: readonly DiffAugmentation[];
  /** Decay of the generator's averaged weights; absent = none are kept. */
  readonly ema?: number;
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
  readonly averaged: AveragedGenerator | undefined;
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
      : new AveragedGenerator({
          decay: spec.ema,
          updates: generatorOptimizer.updates,
          build: buildGenerator,
          trained: generatorParameters,
          own: new ParameterStore(engine, rng.split('generator')),
        });
  const updates = ganUpdates({
    generator,
    discriminator,
    ...spec,
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
