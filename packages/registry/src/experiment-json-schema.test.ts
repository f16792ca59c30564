import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { experimentJsonSchema, SCHEMA_FILE } from './experiment-json-schema.ts';
import { expandExperiment } from './expand.ts';
import { parseExperiment } from './experiment.ts';

const root = new URL('../../../', import.meta.url);
const folder = new URL('experiments/', root);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('experiments/', () => {
  it('has the schema that the registry checks against', () => {
    const stored: unknown = JSON.parse(readFileSync(new URL(SCHEMA_FILE, root), 'utf8'));
    expect(stored, 'run: npm run schema -w @medgan/registry').toEqual(JSON.parse(experimentJsonSchema()));
  });

  it('holds experiments', () => {
    expect(files).toContain('batch-size-sweep.yaml');
  });

  it.each(files)(
    '%s is right, points editors to the schema, and sets its trials beside what was published',
    (name) => {
      const path = fileURLToPath(new URL(name, folder));
      const text = readFileSync(path, 'utf8');
      expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=experiment.schema.json');
      const experiment = parseExperiment(text, path);
      const { trials } = expandExperiment(experiment, {
        configuration: 'paper',
        control: { validate: () => [] },
      });
      const shown = new Set(trials.map(({ published }) => published));
      for (const row of experiment.published?.rows ?? []) expect(shown).toContain(row);
    },
  );
});

describe('batch-size-sweep', () => {
  it('has the published figures', () => {
    const path = fileURLToPath(new URL('batch-size-sweep.yaml', folder));
    const experiment = parseExperiment(readFileSync(path, 'utf8'), path);
    const rows = experiment.published!.rows.map(({ when, values }) => [
      when['batch_size'],
      ...Object.values(values),
    ]);
    expect(rows).toEqual([
      [128, 9.91, 0.04, 0.27, 0.58, 0.31],
      [64, 12.46, 0.23, 0.25, 0.49, 0.35],
      [16, 12.76, 0.3, 0.25, 0.49, 0.37],
    ]);
  });
});
