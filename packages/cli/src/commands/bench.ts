import { availableParallelism } from 'node:os';
import { enginesToTry, resolveEngine, type Engine, type EngineName, type Precision } from '@medgan/engine';
import { defined, UsageError } from '@medgan/files';
import { createRng } from '@medgan/plugin-api';
import { buildGan, drawInputs, type GanSpec } from '@medgan/trainer';
import { benchSpec, type BenchNetworks, systemClock } from '@medgan/runs';

export interface BenchOptions extends BenchNetworks {
  readonly batchSize: number;
  readonly threads?: number;
  readonly steps: number;
  readonly engine?: EngineName;
  readonly precision?: Precision;
  readonly json: boolean;
}

const WARM_UP_CALLS = 2;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Times steps of `spec` on random images, in the calls that the engine is given, after a few that are not counted. */
async function measure(engine: Engine, spec: GanSpec, { batchSize, steps }: BenchOptions) {
  const rng = createRng(0);
  const { both } = buildGan(engine, spec, rng).updates;
  const specs = both.inputs(batchSize);
  const program = await engine.compile(both.step, specs);
  const { imageSize, channels } = spec.sizes;
  const inputs = {
    real: rng.uniforms(batchSize * imageSize ** 2 * channels).map((x) => 2 * x - 1),
    ...drawInputs(specs, rng),
  };
  const seconds: number[] = [];
  let losses: Record<string, ArrayLike<number>> = {};
  const series = Array.from({ length: engine.stepsPerCall }, () => inputs);
  for (let call = 0; call < WARM_UP_CALLS + steps / series.length; call++) {
    const start = systemClock.monotonic();
    losses = (await program.runSeries(series)).at(-1)!;
    if (call >= WARM_UP_CALLS) seconds.push((systemClock.monotonic() - start) / 1000 / series.length);
  }
  return { seconds, losses, description: program.description };
}

/** `medgan bench`: median seconds of a training step on random images. */
export async function benchCommand(options: BenchOptions): Promise<number> {
  const spec = benchSpec(options);
  const { precision, threads = availableParallelism() } = options;
  const { engine } = await resolveEngine(enginesToTry(options.engine, false), {
    threads,
    ...defined({ precision }),
    onFallback: (reason) => process.stderr.write(`left to ONNX Runtime: ${reason}\n`),
    monotonic: () => systemClock.monotonic(),
  });
  if (precision !== undefined && engine.name !== 'native') {
    await engine.dispose();
    throw new UsageError(`--precision is of the engine native, and ${engine.name} computes here`, {
      cure: 'add --engine native, or remove --precision',
    });
  }
  const { seconds, losses, description } = await measure(engine, spec, options);
  const result = {
    median_s: median(seconds),
    min_s: Math.min(...seconds),
    max_s: Math.max(...seconds),
    steps: seconds.length * engine.stepsPerCall,
    steps_per_call: engine.stepsPerCall,
    images_per_s: options.batchSize / median(seconds),
    compile_s: description.compileMs / 1000,
    nodes: description.nodes,
    peak_memory_mib: Math.round(process.resourceUsage().maxRSS / 1024),
    engine: engine.name,
    device: engine.device,
    ...(engine.name === 'native' && { precision: precision ?? 'default' }),
    threads,
    arch: spec.architecture.name,
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
