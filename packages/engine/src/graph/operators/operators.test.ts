import { describe, expect, it } from 'vitest';
import { CASES } from '../../testing-cases/all.test-cases.ts';
import { largestError, runCase } from '../../testing-cases/op-case.testing.ts';
import { MACROS } from '../../trace/macros.ts';
import { arithmeticOperators } from './arithmetic.ts';
import { comparisonOperators } from './comparison.ts';
import { OPERATORS } from './index.ts';
import { unaryOperators } from './unary.ts';

describe('kernels', () => {
  it('all have a case', () => {
    const covered = new Set(CASES.flatMap((opCase) => opCase.covers));
    expect([...Object.keys(OPERATORS), ...MACROS.keys()].filter((kernel) => !covered.has(kernel))).toEqual(
      [],
    );
  });

  it('are element-wise in the families of element-wise operators, and in no others', () => {
    const families = { ...unaryOperators, ...arithmeticOperators, ...comparisonOperators };
    const elementwise = Object.entries(OPERATORS).filter(([, { elementwise = false }]) => elementwise);
    expect(elementwise.map(([name]) => name)).toEqual(Object.keys(families));
  });

  it('have cases of different names', () => {
    const names = CASES.map((opCase) => opCase.name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});

describe('the compiled engine agrees with TF.js on', () => {
  it.each(CASES.map((opCase) => [opCase.name, opCase] as const))('%s', async (_name, opCase) => {
    const result = await runCase(opCase);
    expect(opCase.covers.filter((kernel) => !result.kernels.has(kernel))).toEqual([]);
    expect(result.compiledTypes).toEqual(result.expectedTypes);
    for (const [name, expected] of Object.entries(result.expected)) {
      const actual = result.compiled[name]!;
      expect(largestError(actual, expected), `${name}: ${actual.join()} for ${expected.join()}`).toBeLessThan(
        opCase.tolerance ?? 1e-5,
      );
    }
  });
});
