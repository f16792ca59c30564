import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { enginesToTry, type EngineName } from '@medgan/engine';
import { defined, MedganError } from '@medgan/files';
import { createRng } from '@medgan/plugin-api';
import {
  findGeneratorWeights,
  generateImages,
  independentLatents,
  interpolatedLatents,
  openImageSource,
  readGeneratorWeights,
  requireImageSize,
  GRID_NAME,
  type GeneratorWeights,
  type Statistics,
} from '@medgan/trainer';
import {
  averagedText,
  duration,
  type Generation,
  pluginsOfRun,
  startRunEngine,
  systemClock,
  versions,
} from '@medgan/runs';
import { EXIT_INTERRUPTED, interruptSignal } from '../interrupt.ts';
import { TerminalReporter } from '../terminal.ts';

/** `medgan generate`, as given. */
export type GenerateOptions = Omit<Generation, 'engines' | 'wantsGpu'> & { readonly engine?: EngineName };

/** `medgan generate --checkpoint … --count … --out …` */
export const generateCommand = ({ engine, ...rest }: GenerateOptions): Promise<number> =>
  generate({ ...rest, engines: enginesToTry(engine, false), wantsGpu: false });

const described = ({ architecture, sizes, ema }: GeneratorWeights): string =>
  `${architecture.name} generator, ${sizes.imageSize} px, ${sizes.channels === 1 ? 'grey' : 'RGB'}, ` +
  `latent ${sizes.latentSize}, ${sizes.generatorFeatures} feature maps` +
  (ema === undefined ? '' : `, ${averagedText(ema)}`);

/** Draws the images. Everything that can be refused is refused before the folder is touched. */
export async function generate(request: Generation): Promise<number> {
  const { seed, interpolate, truncation } = request;
  if (interpolate !== undefined && request.count < 2) {
    throw new MedganError('one latent cannot be interpolated', { cure: 'ask for 2 or more' });
  }
  const reporter = new TerminalReporter({ stream: process.stdout, logEvery: 1 });
  const { file, runDir } = await findGeneratorWeights(request.checkpoint, request.weights);
  const weights = await readGeneratorWeights({
    file,
    architectures: (await pluginsOfRun(runDir)).architectures,
    ...defined({
      architecture: request.arch,
      key: request.key,
      entry: request.entry,
      allowNonFinite: request.allowNan,
    }),
  });
  requireImageSize(weights, request.imageSize);
  const { latentSize } = weights.sizes;
  const single = independentLatents(createRng(seed), {
    latentSize,
    ...defined({ truncation }),
  });
  const latents = interpolate === undefined ? single : interpolatedLatents(single, interpolate);
  const count = interpolate === undefined ? request.count : (request.count - 1) * interpolate;
  const statistics: Statistics = request.batchStatistics ? 'batch' : 'running';

  const threads = request.threads ?? availableParallelism();
  const { engine } = await startRunEngine({ ...request, threads }, reporter);
  const { signal, release } = interruptSignal(() =>
    reporter.onNote('stopping after these images; Ctrl-C again ends at once'),
  );
  try {
    reporter.onNote(`${described(weights)}; ${engine.name} on ${engine.device}`);
    if (weights.place !== undefined) reporter.onNote(`taken from ${weights.place} of ${file}`);
    const folder = resolve(request.out);
    const result = await generateImages({
      source: await openImageSource(engine, weights, statistics),
      latents,
      count,
      folder,
      force: request.force,
      ...defined({ allowNonFinite: request.allowNan }),
      ...(interpolate !== undefined
        ? { gridColumns: interpolate }
        : request.grid
          ? { gridColumns: 'square' as const }
          : {}),
      record: {
        weights: resolve(file),
        ...defined({ place: weights.place, step: weights.step, ema: weights.ema }),
        architecture: weights.architecture.name,
        sizes: weights.sizes,
        seed,
        statistics,
        ...defined({ truncation, interpolate }),
        engine: { name: engine.name, device: engine.device, threads },
        versions: versions(),
      },
      clock: systemClock,
      signal,
      onProgress: (done, rate) => reporter.onCount({ what: 'images', done, total: count, rate }),
    });
    const rate = (result.images / result.seconds).toFixed(1);
    reporter.onNote(
      `${result.images} images in ${duration(result.seconds)} (${rate} per second) in ${request.out}`,
    );
    if (result.onGrid > 0) {
      const shown = result.onGrid < result.images ? `the first ${result.onGrid} of them` : 'all of them';
      reporter.onNote(`  ${shown} on one sheet: ${GRID_NAME}`);
    }
    if (result.state === 'finished') return 0;
    reporter.onNote(`interrupted; ${count - result.images} images were not drawn`);
    return EXIT_INTERRUPTED;
  } finally {
    release();
    await engine.dispose();
  }
}
