import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { medganProgram } from '../program/medgan.ts';
import { completionScript, SHELL_NAMES } from './scripts.ts';
import { completionWords } from './words.ts';

const commands = completionWords(medganProgram(() => undefined));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'medgan-completion-'));
  for (const shell of SHELL_NAMES) writeFileSync(join(folder, shell), completionScript(shell, commands));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What bash offers behind the words of a command line, the last of them unfinished. */
function completed(...words: string[]): string[] {
  const program =
    'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _medgan; printf "%s\\n" "${COMPREPLY[@]}"';
  const output = execFileSync('bash', ['-c', program, 'bash', join(folder, 'bash'), ...words], {
    encoding: 'utf8',
  });
  return output.split('\n').filter((line) => line !== '');
}

it('offers commands, options and values, and leaves the rest to the names of files', () => {
  expect(completed('medgan', 'ex')).toEqual(['export', 'experiment']);
  expect(completed('medgan', 'data', 'cache', '')).toEqual(['ls', 'clear']);
  expect(completed('medgan', 'export', 'runs/a', '--format', '')).toEqual(['safetensors', 'onnx', 'tfjs']);
  expect(completed('medgan', 'generate', '--engine', 'onnx-')).toEqual(['onnx-cuda', 'onnx-webgpu']);
  expect(completed('medgan', 'completion', 'f')).toEqual(['fish']);
  expect(completed('medgan', 'run', 'a.yaml', '--re')).toEqual(['--resume']);
  expect(completed('medgan', 'evaluate', '--q')).toEqual(['--quiet']);
  expect(completed('medgan', 'run', '')).toEqual([]);
  expect(completed('medgan', 'generate', '--out', '')).toEqual([]);
});

it('knows every command and option that is not hidden', () => {
  const paths = commands.map(({ path }) => path);
  expect(paths).toContain('data isic download');
  expect(paths).not.toContain('experiment trial');
  for (const { path, options } of commands) {
    const words = options.map(({ word }) => word);
    expect(completed('medgan', ...path.split(' ').filter((part) => part !== ''), '--')).toEqual(words);
  }
});

it.each(SHELL_NAMES.filter((shell) => spawnSync(shell, ['-c', 'true']).status === 0))(
  'is legal in %s',
  (shell) => {
    const { status, stderr } = spawnSync(shell, ['-n', join(folder, shell)], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  },
);
