import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attenuation, diamondAngle, diamondDirection, smooth } from './exact.ts';

const FOLDER = new URL('./', import.meta.url);
const SOURCES = readdirSync(FOLDER).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));

describe('nothing under synthetic/ computes what IEEE 754 leaves open', () => {
  it.each(SOURCES)('%s', (file) => {
    const source = readFileSync(new URL(file, FOLDER), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, '');
    const used = new Set([...source.matchAll(/\bMath\.(\w+)|\.(normals?)\(|(\*\*)/g)].map(([text]) => text));
    const exact = ['abs', 'ceil', 'floor', 'imul', 'max', 'min', 'sqrt'].map((name) => `Math.${name}`);
    expect([...used].filter((name) => !exact.includes(name))).toEqual([]);
  });
});

describe('attenuation', () => {
  it('is close to e^−x, falls, and stays above 0', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 8, noNaN: true }), (x) => {
        const value = attenuation(x);
        expect(value).toBeGreaterThan(0);
        expect(Math.abs(value / Math.exp(-x) - 1)).toBeLessThanOrEqual(x ** 3 / 1536 + 1e-12);
        expect(attenuation(x + 0.01)).toBeLessThan(value);
      }),
    );
  });
});

describe('diamond angles', () => {
  it('and directions are each the inverse of the other', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 3.999, noNaN: true }), (angle) => {
        const { x, y } = diamondDirection(angle);
        expect(x * x + y * y).toBeCloseTo(1, 12);
        expect(diamondAngle(x, y)).toBeCloseTo(angle, 12);
        expect(diamondDirection(angle - 4).x).toBeCloseTo(x, 12);
      }),
    );
  });

  it('count quadrants anticlockwise in a frame with y up', () => {
    expect([diamondAngle(1, 0), diamondAngle(0, 1), diamondAngle(-1, 0), diamondAngle(0, -1)]).toEqual([
      0, 1, 2, 3,
    ]);
    expect(diamondAngle(0, 0)).toBe(0);
  });
});

it('smooth rises from 0 to 1 between its ends', () => {
  expect([-1, 2, 3, 4, 9].map((value) => smooth(2, 4, value))).toEqual([0, 0, 0.5, 1, 1]);
});
