import { describe, expect, it } from 'vitest';
import { parseOverrides, parseSeeds } from './overrides.ts';

describe('parseOverrides', () => {
  it('reads values as YAML, a later one over an earlier one', () => {
    const settings = [
      'batch_size=16',
      'labels.real=0.9',
      'classes=[melanoma, nevus]',
      'path=a=b',
      'cache=""',
      'n=',
      'batch_size=8',
    ];
    expect(parseOverrides(settings)).toEqual({
      batch_size: 8,
      'labels.real': 0.9,
      classes: ['melanoma', 'nevus'],
      path: 'a=b',
      cache: '',
      n: null,
    });
  });

  it.each(['batch_size', '=3', 'a b=1', 'a..b=1'])('refuses %j', (setting) => {
    expect(() => parseOverrides([setting])).toThrow(`--set ${setting}: is not key=value`);
  });

  it('says which value is no YAML', () => {
    expect(() => parseOverrides(['labels={real: 1'])).toThrow('--set labels:1:9: unexpected end');
  });
});

describe('parseSeeds', () => {
  it('reads a list', () => {
    expect([parseSeeds('0'), parseSeeds('3, 1,2')]).toEqual([[0], [3, 1, 2]]);
  });

  it.each([
    ['', '"" is no seed'],
    ['0,', '"" is no seed'],
    ['0,-1', '"-1" is no seed'],
    ['1.5', '"1.5" is no seed'],
    ['0,1,0', 'seed 0 is given twice'],
  ])('refuses %j', (text, message) => {
    expect(() => parseSeeds(text)).toThrow(`--seeds ${text}: ${message}`);
  });
});
