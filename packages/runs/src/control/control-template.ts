import { dump } from 'js-yaml';
import { CONTROL_SCHEMA } from './control-schema.ts';

/** Keys by what they are about, with an example of those that have no default. */
const SECTIONS: readonly { readonly title: string; readonly keys: Readonly<Record<string, unknown>> }[] = [
  {
    title: 'What is trained',
    keys: { arch: 'dcgan', objective: 'bce', arch_options: {}, objective_options: {} },
  },
  {
    title: 'On what: without path, on built-in synthetic lesions',
    keys: {
      path: './images',
      dataset: 'image-folder',
      dataset_options: {},
      classes: ['melanoma'],
      image_size: 64,
      number_channels: 3,
      split: 'train',
      splits: { train: 0.8, val: 0.1, test: 0.1 },
      split_seed: 0,
      subset: 1000,
      subset_order: 'first',
      augment: ['horizontal-flip'],
      cache: '',
      loader_workers: 2,
    },
  },
  { title: 'Where the run lies: <out>/<run>/', keys: { out: 'runs', run: 'run' } },
  {
    title: 'How it is trained',
    keys: {
      num_epochs: 200,
      max_steps: 5000,
      batch_size: 16,
      seed: 0,
      learning_rate: 0.0002,
      beta_adam: 0.5,
      beta2_adam: 0.999,
      labels: { real: 0.9 },
      ema: 0.999,
      r1: 1,
      diff_augment: ['color', 'translation', 'cutout'],
      discriminator_steps: 1,
      latent_vector: 100,
      gen_feature_maps: 64,
      dis_feature_maps: 64,
    },
  },
  {
    title: 'What is looked at on the way',
    keys: {
      evaluate_every: 500,
      best_metric: 'kid@random-conv',
      sample_every: 500,
      sample_count: 64,
      checkpoint_every: 500,
      keep_checkpoints: 2,
      log_every: 50,
    },
  },
  {
    title: 'What computes it',
    keys: { engine: 'native', n_gpu: 0, precision: 'default', threads: 2, plugins: ['./my-gan.mjs'] },
  },
  { title: 'What MLflow gets beside settings, figures and pictures', keys: { mlflow: { model: true } } },
];

/** Keys that a first file sets; the others stand as comments, ready to be taken in. */
const SET = new Set([
  'arch',
  'out',
  'run',
  'image_size',
  'num_epochs',
  'batch_size',
  'seed',
  'evaluate_every',
]);

const WIDTH = 100;

/** A description as lines of a comment. */
function commentLines(text: string): string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (`${line} ${word}`.length > WIDTH) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

/**
 * A control file to begin with, as YAML: every key there is, with its meaning; those that a first run needs are set, the
 * others are comments. It trains as it is, on built-in images.
 */
export function controlTemplate({ file, run }: { readonly file: string; readonly run: string }): string {
  const properties = CONTROL_SCHEMA['properties'] as Readonly<Record<string, { description?: string }>>;
  const blocks = SECTIONS.map(({ title, keys }) => {
    const lines = Object.entries({ ...keys, ...('run' in keys ? { run } : {}) }).flatMap(([key, value]) => {
      const about = properties[key]?.description;
      const line = dump({ [key]: value }, { flowLevel: 1, lineWidth: -1 }).trimEnd();
      return [...(about === undefined ? [] : commentLines(about)), SET.has(key) ? line : `#${line}`];
    });
    return [`# --- ${title} ---`, ...lines].join('\n');
  });
  const head = [
    '# A control file of medgan.',
    `#   Train:       medgan run ${file}`,
    `#   A short try: medgan run ${file} --set max_steps=20`,
    '# Remove the # before a key to set it; keys left out have their defaults (docs/control-file.md).',
  ];
  return `${[head.join('\n'), ...blocks].join('\n\n')}\n`;
}
