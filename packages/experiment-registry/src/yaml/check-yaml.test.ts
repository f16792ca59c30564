import { describe, expect, it } from 'vitest';
import { checkYaml, faultsError } from './check-yaml.ts';
import { parseYaml } from './parse-yaml.ts';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['arch'],
  properties: {
    arch: { enum: ['DCGAN', 'SNGAN'] },
    batch_size: { type: 'integer', minimum: 1, default: 16 },
    labels: { type: 'object', additionalProperties: false, properties: { real: { type: 'number' } } },
  },
};

const check = (text: string): unknown => checkYaml({ file: 'input.yaml', text, schema }).value;

describe('checkYaml', () => {
  it('fills in defaults and keeps the lines', () => {
    const document = checkYaml({ file: 'input.yaml', text: '\narch: DCGAN\n', schema });
    expect(document.value).toEqual({ arch: 'DCGAN', batch_size: 16 });
    expect(document.lineOf(['arch'])).toBe(2);
  });

  it('lists every fault in one error, in the order of the file', () => {
    expect(() => check('labels:\n  reel: 1\n  real: "0.9"\nbatch_size: many\nsedd: 3\n'))
      .toThrowErrorMatchingInlineSnapshot(`
        [MedganError: input.yaml has 5 faults:
          input.yaml:1: "arch" is missing (add arch:)
          input.yaml:2: labels.reel: unknown key "reel" (did you mean "real"?)
          input.yaml:3: labels.real: must be number, found "0.9"
          input.yaml:4: batch_size: must be integer, found "many"
          input.yaml:5: sedd: unknown key "sedd" (known keys: arch, batch_size, labels)]
      `);
  });

  it('says in one line what a single fault is', () => {
    expect(() => check('arch: DCGAN\nbatch_size: 0\n')).toThrowErrorMatchingInlineSnapshot(
      `[MedganError: input.yaml:2: batch_size: must be >= 1, found 0]`,
    );
    expect(() => check('arch: DCGAN\nlabels:\n')).toThrow(
      'input.yaml:2: labels: must be object, found nothing',
    );
    expect(() => check('just text')).toThrow('input.yaml:1: must be object, found "just text"');
    expect(() => check('arch: DCGAN\nbatch_size: .nan\n')).toThrow('must be integer, found NaN');
  });

  it('says the same fault once', () => {
    const fault = { path: ['a'], message: 'is wrong', cure: 'fix it' };
    const error = faultsError(parseYaml('a: 1', 'x.yaml'), [fault, { ...fault }]);
    expect(error.message).toBe('x.yaml:1: a: is wrong (fix it)');
  });
});
