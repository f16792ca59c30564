import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { callerOutside, parseFrame } from './stack-frame.ts';

it('reads the lines of a stack trace', () => {
  expect(parseFrame('judge (file:///home/me/my%20step.ts?x=1:44:12)')).toEqual({
    caller: 'judge',
    path: '/home/me/my step.ts',
    line: 44,
  });
  expect(parseFrame('/home/me/a.js:3:1')).toEqual({ caller: undefined, path: '/home/me/a.js', line: 3 });
  expect(parseFrame('Array.map (<anonymous>)')).toBeUndefined();
});

it('finds who called', () => {
  const caller = callerOutside((path) => path.includes('stack-frame.ts') && !path.includes('.test.'));
  expect(caller?.path).toBe(fileURLToPath(import.meta.url));
});
