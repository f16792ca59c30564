import { describe, expect, it } from 'vitest';
import { LAYOUT_RULES, TFJS_LAYOUT } from '../../graph/passes/layout-rules.ts';
import { CASES } from '../../testing-cases/all.test-cases.ts';
import { largestError, runCase } from '../../testing-cases/op-case.testing.ts';
import { MACROS, RULES } from '../../trace/kernels/index.ts';
import { LOWERINGS } from './index.ts';

describe('kernels', () => {
  it('all have a case', () => {
    const covered = new Set(CASES.flatMap((opCase) => opCase.covers));
    expect([...RULES.keys(), ...MACROS.keys()].filter((kernel) => !covered.has(kernel))).toEqual([]);
  });

  it('that have a rule have a lowering and a decision on their layout, and no others do', () => {
    const rules = [...RULES.keys()].sort();
    expect(Object.keys(LOWERINGS).sort()).toEqual(rules);
    expect([...LAYOUT_RULES.keys(), ...TFJS_LAYOUT].sort()).toEqual(rules);
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
