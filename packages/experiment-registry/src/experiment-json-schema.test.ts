import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { validateOptions } from '@medgan/plugin-api';
import { describe, expect, it } from 'vitest';
import { experimentJsonSchema } from './experiment-json-schema.ts';
import { expandExperiment } from './expand.ts';
import { readExperiment } from './experiment.ts';

const folder = new URL('../../../experiments/', import.meta.url);
const filesIn = (path: string): string[] =>
  readdirSync(new URL(path, folder)).filter((name) => name.endsWith('.yaml'));

describe('experimentJsonSchema', () => {
  const text = experimentJsonSchema({
    properties: {
      batch_size: { type: 'integer', minimum: 1 },
      labels: { type: 'object', additionalProperties: false, properties: { real: { type: 'number' } } },
      arch_options: { type: 'object' },
      seed: { type: 'integer' },
    },
  });
  const faultsOf = (value: unknown): string[] =>
    validateOptions(JSON.parse(text) as object, value).faults.map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );

  it('takes any part of an experiment, dotted keys included', () => {
    expect(faultsOf({ base: { batch_size: 1, 'labels.real': 0.9, 'arch_options.x': 1 } })).toEqual([]);
    expect(
      faultsOf({ extends: './x.yaml', vary: { grid: { batch_size: [1], 'labels.real': [1] } } }),
    ).toEqual([]);
  });

  it('knows the keys of control files wherever an experiment sets them', () => {
    const base = { batch_sise: 1, 'labels.reel': 1, batch_size: 0, seed: 1 };
    expect(faultsOf({ base, configurations: { quick: { base: { labels: { real: 'x' } } } } })).toEqual([
      'base.batch_sise: unknown key "batch_sise"',
      'base.labels.reel: unknown key "labels.reel"',
      'base.seed: unknown key "seed"',
      'base.batch_size: must be >= 1',
      'configurations.quick.base.labels.real: must be number',
    ]);
    expect(faultsOf({ vary: { zip: { batch_size: ['a'] }, cases: [{ set: { x: 1 } }] } })).toEqual([
      'vary.zip.batch_size.0: must be integer',
      'vary.cases.0.set.x: unknown key "x"',
    ]);
  });
});

describe('experiments/', () => {
  it.each(filesIn('.'))(
    '%s points editors to the schema and sets its trials beside what was published',
    (name) => {
      const path = fileURLToPath(new URL(name, folder));
      expect(readFileSync(path, 'utf8')).toMatch(
        /^# yaml-language-server: \$schema=experiment\.schema\.json\n/,
      );
      const experiment = readExperiment(path);
      const { trials } = expandExperiment(experiment, {
        configuration: 'paper',
        control: { validate: () => [] },
      });
      const shown = new Set(trials.map(({ published }) => published));
      for (const row of experiment.published?.rows ?? []) expect(shown).toContain(row);
    },
  );

  it.each(filesIn('base'))('base/%s points editors to the schema', (name) => {
    const text = readFileSync(new URL(`base/${name}`, folder), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/experiment\.schema\.json\n/);
  });
});
