import { existsSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { startEngine } from '@medgan/engine';
import {
  defined,
  foreignFiles,
  MedganError,
  replaceFolder,
  someOf,
  UsageError,
  writeFileAtomically,
  plural,
} from '@medgan/files';
import { createRng, RUN_FILES } from '@medgan/plugin-api';
import {
  describeGenerator,
  findGeneratorWeights,
  generatorOnnx,
  generatorTfjs,
  independentLatents,
  onnxDifference,
  openImageSource,
  readGeneratorWeights,
  requireFiniteImages,
  type FoundWeights,
  type GeneratorWeights,
  type ModelFileRequest,
  type WhichWeights,
} from '@medgan/trainer';
import { writeSafetensorsFile } from '@medgan/weights';
import { averagedText, pluginsOfRun, readRunRecord, versions } from '@medgan/runs';
import { note } from '../notes.ts';
import { guardOutput, ONNX, SAFETENSORS } from '../guard-output.ts';

export interface ExportOptions {
  readonly format?: string;
  readonly out: string;
  readonly uint8: boolean;
  readonly arch?: string;
  readonly key?: string;
  readonly entry?: string;
  readonly allowNan: boolean;
  readonly weights?: WhichWeights;
  readonly force: boolean;
}

/** How far a float or a byte may be off: rounding, and a byte on the border of two levels. */
const TOLERANCE = { float32: 1e-5, uint8: 1 } as const;

/** Writes one kind of file, and returns what there is to say of it. */
type Writer = (request: ModelFileRequest, options: ExportOptions) => Promise<string>;

const safetensors: Writer = async ({ weights, metadata = {} }, { out }) => {
  await writeSafetensorsFile(out, weights.tensors, {
    format: 'pt',
    ...describeGenerator(weights),
    architecture_options: JSON.stringify(weights.architectureOptions),
    sizes: JSON.stringify(weights.sizes),
    ...metadata,
  });
  return `${plural(weights.tensors.size, 'tensor')} under PyTorch's names`;
};

const onnx: Writer = async (request, { out, uint8 }) => {
  const format = uint8 ? 'uint8' : 'float32';
  const model = await generatorOnnx(request, format);
  const engine = await startEngine('onnx');
  try {
    const { weights } = request;
    const difference = await onnxDifference(model, { engine, weights, format, rng: createRng('export') });
    // NaN is no small difference.
    if (!(difference <= TOLERANCE[format])) {
      throw new MedganError(`the ONNX model differs from the generator by ${difference}`, {
        cure: 'export as safetensors, and report this: it is a fault of ours',
      });
    }
    await writeFileAtomically(out, model);
    const { latentSize, imageSize, channels } = weights.sizes;
    const images = uint8
      ? `images [N, ${imageSize}, ${imageSize}, ${channels}] uint8`
      : `images [N, ${channels}, ${imageSize}, ${imageSize}] in [-1, 1]`;
    return (
      `latent [N, ${latentSize}] to ${images}; ` +
      `tried in ONNX Runtime: largest difference ${difference.toExponential(1)}`
    );
  } finally {
    await engine.dispose();
  }
};

/** A folder appears whole or not at all. */
const tfjs: Writer = async (request, { out, uint8 }) => {
  if (uint8) {
    throw new MedganError('TensorFlow.js has no uint8 tensors', {
      cure: 'leave --uint8 out: tf.browser.toPixels takes the images as (images + 1) / 2',
    });
  }
  const { json, shards } = await generatorTfjs(request);
  await replaceFolder(out, async (draft) => {
    for (const [name, bytes] of shards) await writeFileAtomically(join(draft, name), bytes);
    await writeFileAtomically(join(draft, 'model.json'), `${JSON.stringify(json)}\n`);
  });
  const files = shards.size === 1 ? 'one file' : `${shards.size} files`;
  return `a graph model, weights in ${files}; load it with tf.loadGraphModel('…/model.json')`;
};

const WRITERS: Readonly<Record<string, Writer>> = { safetensors, onnx, tfjs };

/** Refuses a folder that holds anything but a TensorFlow.js model, and one that does without `force`. */
function guardTfjs(out: string, force: boolean): void {
  if (!existsSync(out)) return;
  const isModel = (name: string): boolean =>
    name === 'model.json' || /^group1-shard\d+of\d+\.bin$/.test(name);
  const foreign = statSync(out).isDirectory() ? foreignFiles(out, isModel) : [out];
  if (foreign.length > 0) {
    throw new MedganError(`${out} holds more than a TensorFlow.js model: ${someOf(foreign)}`, {
      cure: 'choose another --out',
    });
  }
  if (force) return;
  throw new MedganError(`${out} is there already`, { cure: 'choose another --out, or replace it: --force' });
}

const GUARDS: Readonly<Record<string, (out: string, force: boolean) => void | Promise<void>>> = {
  safetensors: (out, force) => guardOutput(out, SAFETENSORS, force),
  onnx: (out, force) => guardOutput(out, ONNX, force),
  tfjs: guardTfjs,
};

/** How the run was trained, for those who meet the file later. */
async function trainingMetadata({ runDir }: FoundWeights): Promise<Record<string, string>> {
  if (runDir === undefined || !existsSync(join(runDir, RUN_FILES.record))) return {};
  const { resolved, data } = await readRunRecord(runDir);
  return { training: JSON.stringify(resolved), training_data: JSON.stringify(data) };
}

/** @throws MedganError when the generator draws NaN or infinity: no file is written of such a one unasked */
async function requireImages(weights: GeneratorWeights): Promise<void> {
  const engine = await startEngine('onnx');
  try {
    const source = await openImageSource(engine, weights, 'running');
    const { latentSize } = weights.sizes;
    const latents = independentLatents(createRng('export').split('try'), { latentSize });
    requireFiniteImages(weights.source, await source.draw(latents, 0));
  } finally {
    await engine.dispose();
  }
}

/** What `--format` says, else the name of the output. @throws UsageError where neither does, or the two contradict each other */
function formatOf({ format, out }: ExportOptions): string {
  const ending = extname(out).slice(1).toLowerCase();
  const isFolder = /[/\\]$/.test(out) || ending === '';
  const named = ending in WRITERS ? ending : isFolder ? 'tfjs' : undefined;
  if (format === undefined && named === undefined) {
    throw new UsageError(`--out ${out} does not say which kind of file to write`, {
      cure: 'end it in .onnx or .safetensors, name a folder for TensorFlow.js, or add --format',
    });
  }
  if (format !== undefined && ending in WRITERS && ending !== format) {
    throw new UsageError(`--format ${format} contradicts the name of --out ${out}`, {
      cure: `remove --format, or end the name in ${format === 'tfjs' ? 'nothing: it is a folder' : `.${format}`}`,
    });
  }
  return format ?? named!;
}

/** `medgan export <run|checkpoint|weights> --out …`. */
export async function exportCommand(path: string, options: ExportOptions): Promise<number> {
  const format = formatOf(options);
  const { out, arch, key, entry, allowNan, force } = options;
  await GUARDS[format]!(out, force);
  const found = await findGeneratorWeights(path, options.weights);
  const weights: GeneratorWeights = await readGeneratorWeights({
    file: found.file,
    architectures: (await pluginsOfRun(found.runDir)).architectures,
    ...defined({ architecture: arch, key, entry }),
    allowNonFinite: allowNan,
  });
  if (!allowNan) await requireImages(weights);
  const metadata = { ...(await trainingMetadata(found)), medgan: versions()['medgan']! };
  const written = await WRITERS[format]!({ weights, metadata }, options);
  const place = weights.place === undefined ? '' : `; taken from ${weights.place}`;
  const averaged = weights.ema === undefined ? '' : `; ${averagedText(weights.ema)}`;
  note(`${out}: ${written}${averaged}${place}`);
  return 0;
}
