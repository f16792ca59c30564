import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkRunPlace, removeFormerRun, removeUnfinished } from './run-place.ts';

let runDir: string;
beforeEach(() => void (runDir = mkdtempSync(join(tmpdir(), 'run-place-'))));
afterEach(() => rmSync(runDir, { recursive: true, force: true }));

const write = (...paths: string[]): void => {
  for (const path of paths) {
    mkdirSync(dirname(join(runDir, path)), { recursive: true });
    writeFileSync(join(runDir, path), '');
  }
};

function writeRun(): void {
  write('log.jsonl', 'status.json', 'samples/step-1/000.png', 'checkpoints/step-1/generator.safetensors');
  writeFileSync(join(runDir, 'config.yaml'), 'resolved: {}\nengine: { name: onnx }\n');
}

const check = (replace: boolean, images?: string): Promise<void> =>
  checkRunPlace({ runDir, images, replace });

describe('a run', () => {
  it('begins in a folder that is absent, empty, or holds other files', async () => {
    await expect(
      checkRunPlace({ runDir: join(runDir, 'none'), images: undefined, replace: true }),
    ).resolves.toBe(undefined);
    await expect(check(false)).resolves.toBe(undefined);
    write('melanoma.yaml', 'notes.txt');
    await expect(check(false)).resolves.toBe(undefined);
    await removeFormerRun(runDir);
    expect(readdirSync(runDir).sort()).toEqual(['melanoma.yaml', 'notes.txt']);
  });

  it('is rid of what a killed process left, before it goes on', async () => {
    writeRun();
    write('samples/step-1/001.png.12-0.partial', 'checkpoints/step-2.partial/generator.safetensors');
    write('metrics.json.13-0.partial', 'thesis.tex.partial');
    expect(await removeUnfinished(runDir)).toEqual([
      'checkpoints/step-2.partial',
      'samples/step-1/001.png.12-0.partial',
    ]);
    expect(await removeUnfinished(runDir)).toEqual([]);
    expect(readdirSync(runDir)).toContain('metrics.json.13-0.partial');
    expect(readdirSync(runDir)).toContain('thesis.tex.partial');
  });

  it('is not replaced unasked', async () => {
    writeRun();
    await expect(check(false)).rejects.toThrow('already holds a run');
  });

  it('is replaced where that is asked for, and nothing else is removed', async () => {
    writeRun();
    write('trial.json', 'run.lock');
    await expect(check(true)).resolves.toBe(undefined);
    await removeFormerRun(runDir);
    expect(readdirSync(runDir).sort()).toEqual(['run.lock', 'trial.json']);
  });

  it.each(['thesis.tex', 'samples/mine.png', 'checkpoints/best.pth', 'melanoma/1.jpg', 'loss.svg.bak'])(
    'is not replaced where the folder holds %s',
    async (foreign) => {
      writeRun();
      write(foreign);
      const name = foreign.startsWith('melanoma') ? 'melanoma' : foreign;
      await expect(check(true)).rejects.toThrow(`holds files that no run has written: ${name}`);
      expect(existsSync(join(runDir, foreign))).toBe(true);
    },
  );

  it('is not replaced where its images are', async () => {
    writeRun();
    await expect(check(true, runDir)).rejects.toThrow('holds the images of path');
    await expect(check(true, join(runDir, 'samples'))).rejects.toThrow('holds the images of path');
  });

  it.each([false, true])(
    'overwrites no file of the same name that no run has written (replace: %s)',
    async (replace) => {
      write('metrics.json');
      await expect(check(replace)).rejects.toThrow('files that a run would overwrite: metrics.json');
      rmSync(join(runDir, 'metrics.json'));
      writeFileSync(join(runDir, 'config.yaml'), 'my: settings\n');
      await expect(check(replace)).rejects.toThrow('files that a run would overwrite: config.yaml');
    },
  );
});
