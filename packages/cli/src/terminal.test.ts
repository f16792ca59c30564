import { expect, it } from 'vitest';
import { TerminalReporter } from './terminal.ts';

it('cuts a moving line to the terminal, between cells, and ends its colours there', () => {
  let written = '';
  const stream = { isTTY: true, columns: 21, write: (text: string) => (written += text) };
  const prefix = '\x1b[31mé𝛼';
  new TerminalReporter({ stream, logEvery: 1, prefix }).onData(3, 12);
  expect(written).toBe('\r\x1b[K\x1b[31mé𝛼: reading images ━\x1b[0m');
});
