import { describe, expect, it } from 'vitest';
import { CASES } from '../testing-cases/all.test-cases.ts';
import { largestError, runCase } from '../testing-cases/op-case.testing.ts';
import { addon, startNative } from './native.testing.ts';

describe.skipIf(!addon)('the native engine agrees with TF.js on', () => {
  it.each(CASES.map((opCase) => [opCase.name, opCase] as const))('%s', async (_name, opCase) => {
    const result = await runCase(opCase, startNative);
    expect(result.compiledTypes).toEqual(result.expectedTypes);
    for (const [name, expected] of Object.entries(result.expected)) {
      const actual = result.compiled[name]!;
      expect(largestError(actual, expected), `${name}: ${actual.join()} for ${expected.join()}`).toBeLessThan(
        opCase.tolerance ?? 1e-5,
      );
    }
  });
});
