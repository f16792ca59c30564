import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardResume } from './resume-guard.ts';
import { readRunRecord, writeRunRecord, type RunRecord } from './run-record.ts';

const record = (engine: RunRecord['engine']): RunRecord => ({
  control: { arch: 'dcgan' } as unknown as RunRecord['control'],
  resolved: { seed: 1 } as unknown as RunRecord['resolved'],
  engine,
  data: { fingerprint: 'abc', images: 1, classes: ['all'], skipped: 0 },
  versions: {},
});

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'medgan-record-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the record of a run of 0.1.0', () => {
  it.each([
    ['CPU, 2 threads', 'onnx'],
    ['cuda', 'onnx-cuda'],
    ['webgpu', 'onnx-webgpu'],
  ])('whose engine is called onnx on %s is one of %s', async (device, name) => {
    await writeRunRecord(folder, record({ name: 'onnx', device, threads: 2 }));
    const read = await readRunRecord(folder);
    expect(read.engine).toEqual({ name, device, threads: 2 });
    // It resumes on that engine, and on no other.
    for (const now of ['onnx', 'onnx-cuda', 'onnx-webgpu']) {
      const resume = (): void => guardResume(read, record({ name: now, device: 'any', threads: 2 }), []);
      if (now === name) expect(resume).not.toThrow();
      else expect(resume).toThrow(`engine.name: was ${name}, now ${now}`);
    }
  });
});
