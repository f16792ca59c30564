import { expect, expectTypeOf, it } from 'vitest';
import { defined } from './defined.ts';

it('leaves out what is undefined, and nothing else', () => {
  const given = defined({ a: undefined, b: null, c: 0, d: '', e: false });
  expect(Object.keys(given)).toEqual(['b', 'c', 'd', 'e']);
});

it('has the type of optional properties', () => {
  const cure = 'x' as string | undefined;
  expectTypeOf(defined({ cure, line: 1 })).toExtend<{ cure?: string; line: number }>();
  // @ts-expect-error `line` may be absent
  const _: { line: number } = defined({ line: cure?.length });
});
