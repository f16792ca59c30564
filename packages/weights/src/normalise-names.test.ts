import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { normaliseNames } from './normalise-names.ts';
import { readTorchStateDict } from './torch-state-dict.ts';

const fixture = (name: string) => readTorchStateDict(join(import.meta.dirname, '__fixtures__', name));
const renamed = (...names: string[]) => [...normaliseNames(new Map(names.map((name) => [name, 0]))).keys()];

describe('normaliseNames', () => {
  it('takes DataParallel’s and torch.compile’s prefixes off, when all names have them', async () => {
    expect(renamed('module.a', 'module.b.module.c')).toEqual(['a', 'b.module.c']);
    expect(renamed('module._orig_mod.a', 'module._orig_mod.b')).toEqual(['a', 'b']);
    expect(renamed('module.a', 'b')).toEqual(['module.a', 'b']);
    expect(renamed('module.')).toEqual(['module.']);
    expect(renamed()).toEqual([]);
    expect(normaliseNames(await fixture('data-parallel.pth'))).toEqual(await fixture('spectral-norm.pth'));
  });

  it('gives spectral norm its classic names', async () => {
    const classic = await fixture('spectral-norm.pth');
    const normal = normaliseNames(await fixture('spectral-norm-parametrised.pth'));
    expect([...normal.keys()].sort()).toEqual([...classic.keys()].sort());
    for (const [name, { dtype, shape }] of normal)
      expect({ dtype, shape }, name).toEqual(shapeOf(classic.get(name)!));
    expect(
      renamed('parametrizations.w.original', 'parametrizations.w.0._u', 'parametrizations.w.0._v'),
    ).toEqual(['w_orig', 'w_u', 'w_v']);
  });

  it('leaves other parametrisations alone', () => {
    const names = ['a.parametrizations.weight.original', 'a.parametrizations.weight.0.scale', 'b.original'];
    expect(renamed(...names)).toEqual(names);
  });

  it('keeps the order and refuses two tensors of one name', () => {
    expect(renamed('module.z', 'module.a')).toEqual(['z', 'a']);
    const prefix = 'parametrizations.weight.';
    expect(() => renamed('weight_u', `${prefix}original`, `${prefix}0._u`, `${prefix}0._v`)).toThrow(
      'two tensors are called "weight_u"',
    );
  });
});

function shapeOf({ dtype, shape }: { dtype: string; shape: readonly number[] }) {
  return { dtype, shape };
}
