import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { enginesToTry, type EngineName } from '@medgan/engine';
import { defined, MedganError, plural } from '@medgan/files';
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
  type GenerateRequest,
  type GenerateResult,
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

/** Reads the generator's weights that a request names. */
async function readWeights(request: Generation): Promise<GeneratorWeights> {
  const { file, runDir } = await findGeneratorWeights(request.checkpoint, request.weights);
  const { architectures } = await pluginsOfRun(runDir);
  const { arch: architecture, key, entry, allowNan: allowNonFinite } = request;
  const weights = await readGeneratorWeights({
    file,
    architectures,
    ...defined({ architecture, key, entry, allowNonFinite }),
  });
  requireImageSize(weights, request.imageSize);
  return weights;
}

/** The latents of a request, how many images they make, and the columns of their sheet where one is asked for. */
function latentsOf(
  { seed, interpolate, truncation, count, grid }: Generation,
  latentSize: number,
): Pick<GenerateRequest, 'latents' | 'count' | 'gridColumns'> {
  const single = independentLatents(createRng(seed), { latentSize, ...defined({ truncation }) });
  if (interpolate === undefined) {
    return { latents: single, count, ...(grid ? { gridColumns: 'square' } : {}) };
  }
  return {
    latents: interpolatedLatents(single, interpolate),
    count: (count - 1) * interpolate,
    gridColumns: interpolate,
  };
}

/** Prints how many images were drawn, how fast, and where they are. */
function reportImages(result: GenerateResult, out: string, reporter: TerminalReporter): void {
  const { images, seconds, onGrid } = result;
  const rate = (images / seconds).toFixed(1);
  reporter.onNote(`${plural(images, 'image')} in ${duration(seconds)} (${rate} per second) in ${out}`);
  if (onGrid === 0) return;
  const shown = onGrid < images ? `the first ${onGrid} of them` : 'all of them';
  reporter.onNote(`  ${shown} on one sheet: ${GRID_NAME}`);
}

/** Draws the images. Everything that can be refused is refused before the folder is touched. */
export async function generate(request: Generation): Promise<number> {
  const { seed, interpolate, truncation, allowNan: allowNonFinite, force, out } = request;
  if (interpolate !== undefined && request.count < 2) {
    throw new MedganError('one latent cannot be interpolated', { cure: 'ask for 2 or more' });
  }
  const reporter = new TerminalReporter({ stream: process.stdout, logEvery: 1 });
  const weights = await readWeights(request);
  const { source: file, sizes, place, step, ema } = weights;
  const drawn = latentsOf(request, sizes.latentSize);
  const statistics: Statistics = request.batchStatistics ? 'batch' : 'running';

  const threads = request.threads ?? availableParallelism();
  const { engine } = await startRunEngine({ ...request, threads }, reporter);
  const { signal, release } = interruptSignal(() =>
    reporter.onNote('stopping after these images; Ctrl-C again ends at once'),
  );
  try {
    reporter.onNote(`${described(weights)}; ${engine.name} on ${engine.device}`);
    if (place !== undefined) reporter.onNote(`taken from ${place} of ${file}`);
    const result = await generateImages({
      ...drawn,
      source: await openImageSource(engine, weights, statistics),
      folder: resolve(out),
      force,
      ...defined({ allowNonFinite }),
      record: {
        weights: resolve(file),
        ...defined({ place, step, ema }),
        architecture: weights.architecture.name,
        sizes,
        seed,
        statistics,
        ...defined({ truncation, interpolate }),
        engine: { name: engine.name, device: engine.device, threads },
        versions: versions(),
      },
      clock: systemClock,
      signal,
      onProgress: (done, rate) => reporter.onCount({ what: 'images', done, total: drawn.count, rate }),
    });
    reportImages(result, out, reporter);
    if (result.state === 'finished') return 0;
    reporter.onNote(
      `interrupted; ${plural(drawn.count - result.images, 'image was', 'images were')} not drawn`,
    );
    return EXIT_INTERRUPTED;
  } finally {
    release();
    await engine.dispose();
  }
}
