import { describe, expect, it } from 'vitest';
import { parseOptions, validateOptions, type OptionsSchema } from './options.ts';

const schema: OptionsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: { type: 'string' },
    penalty: { type: 'number', minimum: 0, default: 10 },
    kind: { enum: ['plain', 'spectral'], default: 'plain' },
    labels: {
      type: 'object',
      additionalProperties: false,
      default: {},
      properties: {
        real: { type: 'number', default: 1 },
        'a/b~c': { type: 'number' },
      },
    },
    list: {
      type: 'array',
      items: { type: 'object', additionalProperties: false, properties: { size: { type: 'integer' } } },
    },
  },
};

const faultsOf = (value: unknown) => validateOptions(schema, value).faults;

describe('validateOptions', () => {
  it('fills in defaults at every depth, on a copy', () => {
    const given = { name: 'x' };
    const { value, faults } = validateOptions(schema, given);
    expect(faults).toEqual([]);
    expect(value).toEqual({ name: 'x', penalty: 10, kind: 'plain', labels: { real: 1 } });
    expect(given).toEqual({ name: 'x' });
  });

  it('keeps what is given', () => {
    const given = { name: 'x', penalty: 0, kind: 'spectral', labels: { real: 0.9 } };
    expect(validateOptions(schema, given).value).toEqual(given);
  });

  it('names the nearest key for an unknown one, at every depth', () => {
    expect(faultsOf({ name: 'x', penatly: 1 })).toEqual([
      { path: ['penatly'], message: 'unknown key "penatly"', cure: 'did you mean "penalty"?' },
    ]);
    expect(faultsOf({ name: 'x', labels: { rael: 1 } })).toEqual([
      { path: ['labels', 'rael'], message: 'unknown key "rael"', cure: 'did you mean "real"?' },
    ]);
    expect(faultsOf({ name: 'x', list: [{}, { sise: 1 }] })).toEqual([
      { path: ['list', '1', 'sise'], message: 'unknown key "sise"', cure: 'did you mean "size"?' },
    ]);
  });

  it('lists the known keys where none is near', () => {
    expect(faultsOf({ name: 'x', optimiser: 1 })[0]!.cure).toBe(
      'known keys: name, penalty, kind, labels, list',
    );
  });

  it('lists every fault, with the path to it', () => {
    const faults = faultsOf({ penalty: -1, kind: 'big', labels: { real: 'one', 'a/b~c': 'x' } });
    expect(faults).toEqual([
      { path: [], message: '"name" is missing', cure: 'add name:' },
      { path: ['penalty'], message: 'must be >= 0' },
      { path: ['kind'], message: 'must be one of plain, spectral' },
      { path: ['labels', 'real'], message: 'must be number' },
      { path: ['labels', 'a/b~c'], message: 'must be number' },
    ]);
  });

  it('refuses what is no object', () => {
    for (const value of [null, 3, 'x', []])
      expect(faultsOf(value)).toEqual([{ path: [], message: 'must be object' }]);
  });
});

describe('parseOptions', () => {
  it('gives the value, or one error with every fault', () => {
    expect(parseOptions('it', schema, { name: 'x' })).toMatchObject({ penalty: 10 });
    expect(() =>
      parseOptions('objective gp', schema, { penalty: -1, kinds: 1 }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[MedganError: objective gp: value: "name" is missing (add name:); kinds: unknown key "kinds" (did you mean "kind"?); penalty: must be >= 0]`,
    );
    expect(() => parseOptions('objective gp', schema, 3)).toThrow('objective gp: value: must be object');
  });
});
