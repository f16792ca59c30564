import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyRun } from './copy-run.ts';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'medgan-copy-'))));
afterEach(() => rmSync(root, { recursive: true }));

const put = (path: string, text = path): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('copyRun', () => {
  it('takes what training goes on from, and leaves what belongs to the former trial', async () => {
    for (const name of ['config.yaml', 'log.jsonl', 'result.json', 'trial.log', 'trial.json', 'run.lock']) {
      put(`a/${name}`);
    }
    put('a/checkpoints/step-0000002/generator.safetensors', 'weights');
    put('a/checkpoints/step-0000004.partial/generator.safetensors');
    put('a/samples/step-0000002.png');
    put('b/config.yaml', 'of an attempt before');
    await copyRun(join(root, 'a'), join(root, 'b'));
    expect(readdirSync(join(root, 'b')).sort()).toEqual([
      'checkpoints',
      'config.yaml',
      'log.jsonl',
      'samples',
    ]);
    expect(readdirSync(join(root, 'b/checkpoints'))).toEqual(['step-0000002']);
    expect(read('b/config.yaml')).toBe('a/config.yaml');
    expect(readdirSync(root).sort()).toEqual(['a', 'b']);
  });

  it('shares checkpoints, but not the log, which is written on', async () => {
    put('a/log.jsonl', 'one\n');
    put('a/checkpoints/step-0000002/generator.safetensors', 'weights');
    await copyRun(join(root, 'a'), join(root, 'b'));
    writeFileSync(join(root, 'b/log.jsonl'), 'two\n');
    expect(read('a/log.jsonl')).toBe('one\n');
    const inode = (folder: string): number =>
      statSync(join(root, folder, 'checkpoints/step-0000002/generator.safetensors')).ino;
    expect(inode('b')).toBe(inode('a'));
    rmSync(join(root, 'b/checkpoints'), { recursive: true });
    expect(read('a/checkpoints/step-0000002/generator.safetensors')).toBe('weights');
  });

  it('refuses a run that has no checkpoint, and touches nothing', async () => {
    put('a/config.yaml');
    await expect(copyRun(join(root, 'a'), join(root, 'b'))).rejects.toThrow(
      /a holds no checkpoint to go on from/,
    );
    expect(existsSync(join(root, 'b'))).toBe(false);
  });
});
