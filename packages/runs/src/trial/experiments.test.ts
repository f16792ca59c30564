import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import {
  expandExperiment,
  experimentFiles,
  experimentJsonSchema,
  readExperiment,
  SCHEMA_FILE,
  type Study,
} from '@medgan/experiment-registry';
import { beforeAll, describe, expect, it } from 'vitest';
import { sharedData } from '../../../../tools/vitest/shared-data.ts';
import { CONTROL_SCHEMA } from '../control/control-schema.ts';
import { studyToShow } from './studies-to-show.ts';
import { controlRules } from './trial-run.ts';
import { builtInPlugins } from '../plugins/plugins.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const published = sharedData('reference/published-results.yaml');
const plugins = builtInPlugins();
const files = experimentFiles(ROOT).map((file) => ROOT + file);

/** Studies of what was published; others ask questions of their own. */
const replications = files.filter((file) => readExperiment(file).published !== undefined);

const studyOf = (file: string, configuration: string): Study =>
  expandExperiment(readExperiment(file), {
    control: controlRules(plugins),
    configuration,
    overrides: configuration === 'paper' ? { path: '/images' } : {},
  });

describe('experiments/', () => {
  it('has every study of the published results', () => {
    expect(replications.map((file) => basename(file, '.yaml'))).toEqual([
      'batch-size-sweep',
      'dcgan-final-64',
      'image-size-256',
      'label-smoothing',
      'latent-size',
      'learning-rate-ratio',
      'minimum-input-size',
      'sngan-128',
      'sngan-final-64',
      'spectral-normalization',
      'training-epochs',
    ]);
  });

  it.each(files)('%s can be run in both configurations, judged while it trains', (file) => {
    const quick = studyOf(file, 'quick');
    const paper = studyOf(file, 'paper');
    expect(paper.trials).toHaveLength(quick.trials.length);
    for (const { config } of [...quick.trials, ...paper.trials])
      expect(config).toHaveProperty('evaluate_every');
    for (const { config } of quick.trials) expect(config['dataset']).toBe('synthetic-lesions');
  });

  it.each(replications)('%s says what its source leaves open', (file) => {
    expect(readExperiment(file).published!.open).not.toEqual([]);
  });

  it('shows a study without images, and runs none', () => {
    const file = files.find((each) => each.endsWith('sngan-128.yaml'))!;
    const experiment = readExperiment(file);
    expect(studyToShow(experiment, { plugins, configuration: 'paper' }).trials).toHaveLength(1);
    const control = controlRules(plugins);
    expect(() => expandExperiment(experiment, { control, configuration: 'paper' })).toThrow(
      'name a folder with --data <folder>',
    );
    expect(() => studyToShow(experiment, { plugins, overrides: { image_size: 96 } })).toThrow(
      '--set image_size=96: 96 is not built by sngan',
    );
  });

  it('has the editors’ schema that the control file’s keys make', () => {
    const stored: unknown = JSON.parse(readFileSync(ROOT + SCHEMA_FILE, 'utf8'));
    expect(stored, 'run: npm run schema -w @medgan/cli').toEqual(
      JSON.parse(experimentJsonSchema(CONTROL_SCHEMA)),
    );
  });
});

const KEYS = ['psnr', 'ssim', 'ms_gmsd', 'mdsi', 'haarpsi'] as const;

interface Reference {
  readonly experiments: Readonly<
    Record<string, { readonly rows?: readonly Readonly<Record<string, unknown>>[] }>
  >;
}

describe.skipIf(published === undefined)('published figures', () => {
  let reference: Reference;
  beforeAll(() => {
    reference = load(readFileSync(published!, 'utf8')) as Reference;
  });

  it.each([
    ['batch-size', 'batch-size-sweep'],
    ['latent-size', 'latent-size'],
    ['label-smoothing', 'label-smoothing'],
    ['spectral-normalization', 'spectral-normalization'],
    ['learning-rate-ratio', 'learning-rate-ratio'],
    ['sngan-128', 'sngan-128'],
  ])('of %s are those of the README, and what is taken from elsewhere says so', (key, name) => {
    const file = files.find((each) => basename(each, '.yaml') === name)!;
    const rows = readExperiment(file).published!.rows;
    const printed = rows.filter(({ assumed }) => assumed === undefined).map(({ values }) => values);
    expect(printed).toEqual(
      reference.experiments[key]!.rows!.map((row) =>
        Object.fromEntries(KEYS.map((each) => [each, row[each]])),
      ),
    );
    const everywhere = Object.values(reference.experiments).flatMap(({ rows: each = [] }) => each);
    for (const { values, assumed } of rows) {
      if (assumed !== undefined) expect(everywhere).toContainEqual(expect.objectContaining(values));
    }
  });

  it('are printed for no other study', () => {
    const withRows = replications.filter((file) => readExperiment(file).published!.rows.length > 0);
    const withFigures = Object.values(reference.experiments).filter(({ rows }) => rows?.[0]?.['psnr']);
    expect(withRows).toHaveLength(withFigures.length);
    for (const file of replications) {
      const { rows, shown } = readExperiment(file).published!;
      expect(rows.length > 0 || shown !== undefined).toBe(true);
    }
  });
});
