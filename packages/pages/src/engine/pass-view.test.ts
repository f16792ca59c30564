import { expect, it } from 'vitest';
import { changesText, passViews } from './pass-view.ts';

const stages = [
  { name: 'traced', nodes: 9, kernels: { Add: 4, Mul: 3, Sum: 2 } },
  { name: 'fold', nodes: 5, kernels: { Add: 1, Mul: 1, SumSquare: 2, Sum: 1 } },
  { name: 'again', nodes: 5, kernels: { Add: 1, Mul: 1, SumSquare: 2, Sum: 1 } },
];

it('says what each pass changed, the largest change first', () => {
  const [fold, again] = passViews(stages);
  expect(fold).toEqual({
    name: 'fold',
    before: 9,
    nodes: 5,
    changes: { Add: -3, Mul: -2, SumSquare: 2, Sum: -1 },
  });
  expect(changesText(fold!)).toBe('−3 Add, −2 Mul, +2 SumSquare, −1 Sum');
  expect(changesText(fold!, 2)).toBe('−3 Add, −2 Mul and 2 more kinds');
  expect(changesText(fold!, 3)).toBe('−3 Add, −2 Mul, +2 SumSquare, −1 Sum');
  expect(changesText(again!)).toBe('nothing');
});
