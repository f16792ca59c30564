import { expect, it } from 'vitest';
import { shellCommands } from './shell.ts';

const words = (text: string): (readonly string[])[] => shellCommands(text).map((command) => command.words);

it('reads quotes, comments, && and continued lines', () => {
  expect(words(`medgan a --query 'x:"y" AND z' "b c"  # a 'comment'\n# nothing\nb && c \\\n  --d=1`)).toEqual(
    [['medgan', 'a', '--query', 'x:"y" AND z', 'b c'], ['b'], ['c', '--d=1']],
  );
});

it('knows the line of a command', () => {
  expect(shellCommands('a\n\nb \\\n c\nd').map(({ line }) => line)).toEqual([0, 2, 4]);
});

it('keeps a # that begins no word, and joins what is written together', () => {
  expect(words(`a#b c"d e"'f'`)).toEqual([['a#b', 'cd ef']]);
});

it('refuses what it does not understand', () => {
  expect(() => words('a | b')).toThrow('| is not understood here');
  expect(() => words("a 'b")).toThrow("not understood from here on: 'b");
});
