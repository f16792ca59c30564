import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  atSpecificity,
  auc,
  averagePrecision,
  balancedAccuracy,
  bestBalanced,
  brierScore,
  byFallingScore,
  calibrationBins,
  calibrationLine,
  confusionMatrix,
  delong,
  delongTest,
  expectedCalibrationError,
  fitTemperature,
  precisionRecallCurve,
  quantile,
  rocCurve,
  sensitivityAtSpecificity,
  type BinaryScores,
  type CalibrationLine,
  type DeLongTest,
} from '../index.ts';
import { twoSidedP } from './normal-distribution.ts';

interface Figures {
  auc: number;
  averagePrecision: number;
  sensitivityAt90: number;
  balancedAccuracyAtQuarter: number;
  confusionAtQuarter: number[][];
  brier: number;
  ece15: number;
  ece10: number;
  line: CalibrationLine;
}

interface Golden {
  cases: {
    name: string;
    positive: number[];
    first: number[];
    second: number[];
    weights: number[];
    figures: Figures;
    weighted: Figures;
    roc: { sensitivity: number[]; specificity: number[]; thresholds: number[] };
    precisionRecall: { precision: number[]; recall: number[]; thresholds: number[] };
    delong: DeLongTest;
  }[];
  classes: {
    logits: number[];
    labels: number[];
    classes: number;
    temperature: number;
    predicted: number[];
    confusion: number[][];
    balancedAccuracy: number;
  }[];
  quantiles: { values: number[]; at: number[]; expected: number[] };
  normal: [number, number][];
}

const golden = JSON.parse(
  readFileSync(new URL('./__fixtures__/statistics.json', import.meta.url), 'utf8'),
) as Golden;

/** The largest difference of the numbers of two structures of the same form. */
function difference(actual: unknown, expected: unknown): number {
  if (typeof expected === 'number') return Math.abs((actual as number) - expected);
  const entries = Object.entries(expected as object);
  if (Array.isArray(expected)) expect(actual).toHaveLength(expected.length);
  return Math.max(
    0,
    ...entries.map(([key, value]) => difference((actual as Record<string, unknown>)[key], value)),
  );
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function figuresOf(data: BinaryScores): { [K in keyof Figures]: Figures[K] | undefined } {
  const probabilities = { ...data, scores: Array.from(data.scores, sigmoid) };
  const confusion = confusionMatrix({
    labels: data.positive,
    predicted: Array.from(data.scores, (s) => Number(s >= 0.25)),
    classes: 2,
    weights: data.weights,
  });
  return {
    auc: auc(data),
    averagePrecision: averagePrecision(data),
    sensitivityAt90: sensitivityAtSpecificity(data, 0.9),
    balancedAccuracyAtQuarter: balancedAccuracy(confusion),
    confusionAtQuarter: confusion,
    brier: brierScore(probabilities),
    ece15: expectedCalibrationError(probabilities),
    ece10: expectedCalibrationError(probabilities, 10),
    line: calibrationLine(data),
  };
}

describe.each(golden.cases)('as scikit-learn and scipy: $name', (c) => {
  const data: BinaryScores = { scores: c.first, positive: c.positive };

  it('figures of all images', () => {
    expect(difference(figuresOf(data), c.figures)).toBeLessThan(1e-10);
  });

  it('figures of a resample', () => {
    expect(difference(figuresOf({ ...data, weights: c.weights }), c.weighted)).toBeLessThan(1e-10);
    const sorted = { ...data, weights: c.weights, order: byFallingScore(c.first) };
    expect(figuresOf(sorted)).toEqual(figuresOf({ ...data, weights: c.weights }));
  });

  it('curves', () => {
    const roc = rocCurve(data);
    expect(difference(roc.map((p) => p.sensitivity), c.roc.sensitivity)).toBeLessThan(1e-10); // prettier-ignore
    expect(difference(roc.map((p) => p.specificity), c.roc.specificity)).toBeLessThan(1e-10); // prettier-ignore
    expect(roc.slice(1).map((p) => p.threshold)).toEqual(c.roc.thresholds);
    const curve = precisionRecallCurve(data);
    expect(difference(curve.map((p) => p.precision), c.precisionRecall.precision)).toBeLessThan(1e-10); // prettier-ignore
    expect(difference(curve.map((p) => p.recall), c.precisionRecall.recall)).toBeLessThan(1e-10); // prettier-ignore
    expect(curve.map((p) => p.threshold)).toEqual(c.precisionRecall.thresholds);
  });

  it("DeLong's test", () => {
    const result = delongTest(data, { scores: c.second, positive: c.positive });
    expect(difference(result, c.delong)).toBeLessThan(1e-10);
    expect(delong(data)).toEqual(result.first);
    expect(result.first.auc).toBeCloseTo(auc(data)!, 12);
  });
});

it.each(golden.classes)('temperature and confusion of $classes classes', (c) => {
  expect(Math.abs(fitTemperature(c) - c.temperature)).toBeLessThan(1e-10);
  const confusion = confusionMatrix(c);
  expect(confusion).toEqual(c.confusion);
  expect(balancedAccuracy(confusion)).toBeCloseTo(c.balancedAccuracy, 12);
});

it('quantiles and the normal distribution', () => {
  const { values, at, expected } = golden.quantiles;
  expect(difference(at.map((q) => quantile(values, q)), expected)).toBeLessThan(1e-12); // prettier-ignore
  for (const [z, p] of golden.normal) expect(Math.abs(twoSidedP(z) / p - 1), `z = ${z}`).toBeLessThan(1e-10);
});

const labelled = fc
  .array(fc.record({ score: fc.integer({ min: -3, max: 3 }), positive: fc.integer({ min: 0, max: 1 }) }), {
    minLength: 2,
    maxLength: 30,
  })
  .map((list) => ({ scores: list.map((e) => e.score), positive: list.map((e) => e.positive) }));

describe('for all scores', () => {
  it('AUC is the share of ordered pairs, and turns round with the scores', () => {
    fc.assert(
      fc.property(labelled, ({ scores, positive }) => {
        let [pairs, ordered] = [0, 0];
        scores.forEach((a, i) => {
          scores.forEach((b, j) => {
            if (positive[i] !== 1 || positive[j] !== 0) return;
            pairs++;
            ordered += a > b ? 1 : a === b ? 0.5 : 0;
          });
        });
        const area = auc({ scores, positive });
        if (pairs === 0) {
          expect(area).toBeUndefined();
          return;
        }
        expect(area).toBeCloseTo(ordered / pairs, 12);
        expect(auc({ scores: scores.map((s) => -s), positive })).toBeCloseTo(1 - area!, 12);
      }),
    );
  });

  it('a weight of 2 is an image given twice', () => {
    fc.assert(
      fc.property(labelled, ({ scores, positive }) => {
        const twice = scores.map((_s, i) => i % 2);
        const repeated = scores.flatMap((_s, i) => (twice[i] ? [i, i] : [i]));
        const data = { scores: repeated.map((i) => scores[i]!), positive: repeated.map((i) => positive[i]!) };
        const weighted = { scores, positive, weights: twice.map((t) => t + 1) };
        expect(rocCurve(weighted)).toEqual(rocCurve(data));
        expect(averagePrecision(weighted)).toEqual(averagePrecision(data));
        expect(atSpecificity(weighted, 0.5)).toEqual(atSpecificity(data, 0.5));
      }),
    );
  });
});

describe('edges', () => {
  it('has no figure of one class', () => {
    const data = { scores: [1, 2, 3], positive: [0, 0, 0] };
    expect(auc(data)).toBeUndefined();
    expect(averagePrecision(data)).toBeUndefined();
    expect(sensitivityAtSpecificity(data, 0.9)).toBeUndefined();
    expect(bestBalanced(data)).toBeUndefined();
    expect(calibrationLine(data)).toBeUndefined();
    expect(() => delong(data)).toThrowErrorMatchingInlineSnapshot(
      `[MedganError: DeLong's variance of 0 positive and 3 negative images: at least 2 of each are needed]`,
    );
  });

  it('has no finite line where a threshold separates the classes', () => {
    expect(calibrationLine({ scores: [-2, -1, 1, 2], positive: [0, 0, 1, 1] })).toBeUndefined();
  });

  it('takes 9 of 10 as a specificity of 0.9', () => {
    const scores = [5, 4, 3, 2, 1, 0, -1, -2, -3, -4, 4.5];
    const positive = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    expect(atSpecificity({ scores, positive }, 0.9)).toEqual({
      threshold: 4.5,
      sensitivity: 1,
      specificity: 0.9,
    });
    expect(bestBalanced({ scores, positive })!.threshold).toBe(4.5);
  });

  it('stops a temperature at the border of its range', () => {
    expect(fitTemperature({ logits: [9, 0, 0, 9], labels: [0, 1], classes: 2 })).toBe(0.05);
    expect(fitTemperature({ logits: [9, 0, 0, 9], labels: [1, 0], classes: 2 })).toBe(20);
  });

  it('puts a probability on a border into the lower bin', () => {
    const bins = calibrationBins({ scores: [0, 0.5, 0.75, 1], positive: [0, 1, 0, 1] }, 2);
    expect(bins).toEqual([
      { predicted: 0.25, observed: 0.5, weight: 2 },
      { predicted: 0.875, observed: 0.5, weight: 2 },
    ]);
  });

  it('refuses what it cannot read', () => {
    expect(() => auc({ scores: [1], positive: [1, 0] })).toThrowErrorMatchingInlineSnapshot(
      `[MedganError: scores, classes and weights have different lengths (1, 2)]`,
    );
    expect(() => auc({ scores: [Number.NaN], positive: [1] })).toThrow('score 0 is NaN');
    expect(() => auc({ scores: [1], positive: [2] })).toThrow('class 0 is 2, not 0 or 1');
    expect(() => auc({ scores: [1], positive: [1], weights: [-1] })).toThrow('weight 0 is -1');
    expect(() => brierScore({ scores: [2], positive: [1] })).toThrow('probability 0 is 2, outside of [0, 1]');
    expect(() => confusionMatrix({ labels: [0], predicted: [3], classes: 2 })).toThrow('not 0 to 1');
    expect(() => fitTemperature({ logits: [], labels: [], classes: 2 })).toThrow('no images');
    expect(() => fitTemperature({ logits: [1], labels: [0], classes: 2 })).toThrow('1 logits for 1 images');
    const first = { scores: [1, 2, 3, 4], positive: [0, 1, 0, 1] };
    expect(() => delongTest(first, { ...first, positive: [1, 0, 1, 0] })).toThrow('different images');
  });

  it("calls equal classifiers equal in DeLong's test", () => {
    const data = { scores: [1, 2, 3, 4, 2], positive: [0, 1, 0, 1, 1] };
    expect(delongTest(data, data)).toMatchObject({ difference: 0, variance: 0, z: 0, p: 1 });
  });
});
