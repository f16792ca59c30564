import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { dump } from 'js-yaml';
import { defined } from '@medgan/files';
import { createRng } from '@medgan/plugin-api';
import { pluginsOfRun, type RunRecord } from '@medgan/runs';
import type { GeneratorWeights } from '@medgan/trainer';
import { hashOf } from './cursor.ts';

/** Name of the model; on a server before MLflow 3 its folder among the run's artifacts. */
export const MODEL_NAME = 'generator';

/** A file of the model: its name in the folder, and what is in it. */
interface ModelFile {
  readonly name: string;
  readonly content: Uint8Array | string;
}

/** A generator that is to be logged as a model, once its run has finished. */
export interface TrackedModel {
  /** Name under which it is registered, where that is asked for. */
  readonly register?: string;
  /** Looks for the weights. @throws MedganError when there are none, or they are damaged */
  open(): Promise<OpenedModel>;
}

/** The weights of a model. */
export interface OpenedModel {
  /** Changes with the weights. */
  readonly key: string;
  /** Of its checkpoint. */
  readonly step: number;
  /** Makes the files; `logged` is what only the tracking server knows. */
  make(logged: LoggedRun): Promise<ModelMade>;
}

/** The run that a model is logged in. */
interface LoggedRun {
  readonly runId: string;
  /** The server's id of the model, where it has one. */
  readonly modelId?: string;
  /** Milliseconds since the Unix epoch. */
  readonly endTime: number;
}

/** A model as MLflow has it. */
interface ModelMade {
  readonly files: readonly ModelFile[];
  /** What its `MLmodel` says, as JSON: the run keeps it as a tag. */
  readonly description: object;
}

/** Latents of the input example. */
const EXAMPLES = 2;

/** Python that the model was tried with, for whoever builds an environment for it. */
const PYTHON = '3.11';
const REQUIREMENTS = ['mlflow', 'onnx', 'onnxruntime', 'numpy'];

const tensor = (name: string, shape: readonly number[]): object => ({
  name,
  type: 'tensor',
  'tensor-spec': { dtype: 'float32', shape },
});

/** MLflow writes the time of a model in UTC, to microseconds and without a zone. */
const utc = (time: number): string => new Date(time).toISOString().replace('T', ' ').replace('Z', '000');

function descriptionOf(weights: GeneratorWeights, { runId, modelId, endTime }: LoggedRun): object {
  const { latentSize, imageSize, channels } = weights.sizes;
  return {
    artifact_path: MODEL_NAME,
    flavors: {
      onnx: { code: null, data: 'model.onnx', providers: ['CUDAExecutionProvider', 'CPUExecutionProvider'] },
      python_function: {
        loader_module: 'mlflow.onnx',
        data: 'model.onnx',
        env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
        python_version: PYTHON,
      },
    },
    model_uuid: modelId ?? hashOf(['model', runId]).padEnd(32, '0'),
    ...defined({ model_id: modelId }),
    run_id: runId,
    saved_input_example_info: {
      artifact_path: 'input_example.json',
      format: 'tf-serving',
      type: 'ndarray',
      serving_input_path: 'serving_input_example.json',
    },
    signature: {
      inputs: JSON.stringify([tensor('latent', [-1, latentSize])]),
      outputs: JSON.stringify([tensor('images', [-1, channels, imageSize, imageSize])]),
      params: null,
    },
    metadata: {
      architecture: weights.architecture.name,
      ...defined({ step: weights.step, ema: weights.ema }),
      layout: 'NCHW',
      value_range: '[-1, 1]',
    },
    utc_time_created: utc(endTime),
  };
}

/** Latents drawn by a fixed seed, by the name of the input. */
function inputExample(latentSize: number): { readonly latent: readonly (readonly number[])[] } {
  const values = createRng('input-example').normals(EXAMPLES * latentSize);
  const rows = Array.from({ length: EXAMPLES }, (_, row) => [
    ...values.subarray(row * latentSize, (row + 1) * latentSize),
  ]);
  return { latent: rows };
}

/**
 * The generator of a finished run as an MLflow model: of its best checkpoint, or of the last one where it was not
 * evaluated. Undefined where the run's control file does not ask for one.
 */
export function trackedModel(dir: string, { control }: RunRecord): TrackedModel | undefined {
  const { model, register } = control.mlflow ?? {};
  if (model !== true && register === undefined) return undefined;
  return { ...defined({ register }), open: () => openModel(dir) };
}

async function openModel(dir: string): Promise<OpenedModel> {
  // The trainer is loaded only where a model is asked for: it brings TensorFlow.js along.
  const trainer = await import('@medgan/trainer');
  const which = (await trainer.readBest(dir)) ? 'best' : 'last';
  const checkpoint = await trainer.chooseCheckpoint(dir, which);
  const { file } = await trainer.findGeneratorWeights(checkpoint.path);
  const { mtimeMs, size } = await stat(file);
  return {
    step: checkpoint.step,
    key: hashOf([basename(file), checkpoint.step, Math.round(mtimeMs), size]),
    make: async (logged) => {
      const { architectures } = await pluginsOfRun(dir);
      const weights = await trainer.readGeneratorWeights({ file, architectures });
      const model = await trainer.generatorOnnx({ weights }, 'float32');
      return filesOf(model, {
        latentSize: weights.sizes.latentSize,
        description: descriptionOf(weights, logged),
      });
    },
  };
}

function filesOf(
  model: Uint8Array,
  { latentSize, description }: { readonly latentSize: number; readonly description: object },
): ModelMade {
  const example = inputExample(latentSize);
  const environment = { python: PYTHON, build_dependencies: ['pip'], dependencies: ['-r requirements.txt'] };
  const conda = {
    name: 'mlflow-env',
    channels: ['conda-forge'],
    dependencies: [`python=${PYTHON}`, 'pip', { pip: REQUIREMENTS }],
  };
  return {
    description,
    files: [
      { name: 'model.onnx', content: model },
      { name: 'input_example.json', content: JSON.stringify(example) },
      { name: 'serving_input_example.json', content: JSON.stringify({ inputs: example }) },
      { name: 'requirements.txt', content: REQUIREMENTS.map((name) => `${name}\n`).join('') },
      { name: 'python_env.yaml', content: dump(environment) },
      { name: 'conda.yaml', content: dump(conda) },
      // Last: a folder with an MLmodel is a whole model.
      { name: 'MLmodel', content: dump(description) },
    ],
  };
}
