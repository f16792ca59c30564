import { load } from 'js-yaml';
import { expect, it } from 'vitest';
import { parseOptions } from '@medgan/plugin-api';
import { builtInPlugins } from '../plugins/plugins.ts';
import { CONTROL_SCHEMA, type ControlFile } from './control-schema.ts';
import { controlTemplate } from './control-template.ts';
import { checkedRun } from './read-control.ts';

const TEXT = controlTemplate({ file: 'lesions.yaml', run: 'lesions' });
/** With every key that is a comment taken in. */
const WHOLE = TEXT.replace(/^#(?=\S)/gm, '');

it('can be run as it is', () => {
  const control = parseOptions<ControlFile>('the template', CONTROL_SCHEMA, load(TEXT) as object);
  expect(control).toMatchObject({ arch: 'dcgan', run: 'lesions', num_epochs: 200, batch_size: 16 });
  expect(control).not.toHaveProperty('path');
  const run = checkedRun(control, builtInPlugins(), 'the template');
  expect(run.data.dataset.name).toBe('synthetic-lesions');
});

it('has every key there is, each with a value that the schema takes', () => {
  const keys = load(WHOLE) as object;
  expect(Object.keys(keys).sort()).toEqual(Object.keys(CONTROL_SCHEMA['properties'] as object).sort());
  expect(() => parseOptions('the template', CONTROL_SCHEMA, keys)).not.toThrow();
});

it('shows defaults where there are any', () => {
  const defaults = parseOptions<ControlFile>('defaults', CONTROL_SCHEMA, { arch: 'dcgan', run: 'lesions' });
  expect(load(WHOLE)).toMatchObject(defaults);
});

it('explains every key that the schema explains, on lines that fit', () => {
  expect(Math.max(...TEXT.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(TEXT).toContain('# length of a latent vector\n#latent_vector: 100\n');
});
