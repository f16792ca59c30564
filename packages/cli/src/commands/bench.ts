import { availableParallelism } from 'node:os';
import { startEngine, type EngineName } from '@medgan/engine';
import { MedganError, createRng, parseOptions } from '@medgan/plugin-api';
import { buildGan, drawInputs } from '@medgan/trainer';
import { builtInPlugins } from '../plugins.ts';
import { systemClock } from '../system-clock.ts';

export interface BenchOptions {
  readonly arch: string;
  readonly imageSize: number;
  readonly batchSize: number;
  readonly latent: number;
  readonly features: number;
  readonly threads?: number;
  readonly steps: number;
  readonly engine: string;
  readonly objective?: string;
  readonly json: boolean;
}

const WARM_UP_CALLS = 2;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** `medgan bench`: median seconds of a training step on random images. */
export async function benchCommand(options: BenchOptions): Promise<number> {
  const plugins = builtInPlugins();
  const architecture = plugins.architectures.get(options.arch);
  const objective = plugins.objectives.get(options.objective ?? architecture.defaultObjective);
  if (!architecture.imageSizes.includes(options.imageSize)) {
    throw new MedganError(
      `image size ${options.imageSize} is not built by ${architecture.name} (${architecture.imageSizes.join(', ')})`,
    );
  }
  const threads = options.threads ?? availableParallelism();
  const engine = await startEngine(options.engine as Exclude<EngineName, 'eager'>, {
    threads,
    monotonic: () => systemClock.monotonic(),
  });
  const sizes = {
    imageSize: options.imageSize,
    channels: 3,
    latentSize: options.latent,
    generatorFeatures: options.features,
    discriminatorFeatures: options.features,
  };
  const rng = createRng(0);
  const gan = buildGan(
    engine,
    {
      architecture,
      architectureOptions: parseOptions<object>(architecture.name, architecture.options, {}),
      sizes,
      objective,
      objectiveOptions: parseOptions<object>(objective.name, objective.options, {}),
      labels: { real: 1, fake: 0, generator: 1 },
      learningRate: { generator: 0.0002, discriminator: 0.0002 },
      beta1: 0.5,
    },
    rng,
  );
  const { both } = gan.updates;
  const specs = both.inputs(options.batchSize);
  const program = await engine.compile(both.step, specs);
  const inputs = {
    real: rng.uniforms(options.batchSize * options.imageSize ** 2 * 3).map((x) => 2 * x - 1),
    ...drawInputs(specs, rng),
  };
  const seconds: number[] = [];
  let losses: Record<string, ArrayLike<number>> = {};
  const series = Array.from({ length: engine.stepsPerCall }, () => inputs);
  for (let call = 0; call < WARM_UP_CALLS + options.steps / series.length; call++) {
    const start = systemClock.monotonic();
    losses = (await program.runSeries(series)).at(-1)!;
    if (call >= WARM_UP_CALLS) seconds.push((systemClock.monotonic() - start) / 1000 / series.length);
  }
  const result = {
    median_s: median(seconds),
    min_s: Math.min(...seconds),
    max_s: Math.max(...seconds),
    steps: seconds.length * series.length,
    steps_per_call: series.length,
    images_per_s: options.batchSize / median(seconds),
    compile_s: program.description.compileMs / 1000,
    nodes: program.description.nodes,
    peak_memory_mib: Math.round(process.resourceUsage().maxRSS / 1024),
    engine: engine.name,
    device: engine.device,
    threads,
    arch: architecture.name,
    image_size: options.imageSize,
    batch_size: options.batchSize,
    latent: options.latent,
    features: options.features,
    // The values beside the time, so that a fast wrong answer shows.
    loss_discriminator: losses['loss/discriminator']![0]!,
    loss_generator: losses['loss/generator']![0]!,
  };
  await engine.dispose();
  process.stdout.write(
    options.json
      ? `${JSON.stringify(result)}\n`
      : `${result.arch} ${result.image_size} px, batch ${result.batch_size}, ${result.engine} on ${result.device}: ` +
          `${result.median_s.toFixed(3)} s a step (${result.min_s.toFixed(3)}–${result.max_s.toFixed(3)}), ` +
          `${result.images_per_s.toFixed(1)} images/s, compiled in ${result.compile_s.toFixed(2)} s, ` +
          `peak memory ${result.peak_memory_mib} MiB\n`,
  );
  return 0;
}
