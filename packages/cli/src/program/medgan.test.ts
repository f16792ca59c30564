import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { medganProgram } from './medgan.ts';

const withBelow = (command: Command): Command[] => [command, ...command.commands.flatMap(withBelow)];

it('shows the defaults that say something, and no others', () => {
  const commands = withBelow(medganProgram(() => undefined));
  const help = commands.map((command) => command.helpInformation()).join('\n');
  expect(help).toContain('(default: "quick")');
  expect(help).toContain('replace the run folder if there is one\n');
  expect(help).not.toMatch(/default: (false|\[\])/);
});
