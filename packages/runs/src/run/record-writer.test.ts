import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RecordWriter } from './record-writer.ts';
import { engineText, readRunRecord, type RunRecord } from './run-record.ts';

const RECORD = {
  control: { arch: 'dcgan' },
  resolved: { seed: 1 },
  engine: { name: 'native', device: 'CPU, 2 threads', threads: 2, precision: 'default' },
  data: { fingerprint: 'abc', images: 1, classes: ['all'], skipped: 0 },
  versions: {},
} as unknown as RunRecord;

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'medgan-writer-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

it('writes the record as it is while nothing is left to ONNX Runtime', async () => {
  const writer = new RecordWriter(folder);
  await writer.begin(RECORD);
  await writer.end();
  expect(await readRunRecord(folder)).toEqual(RECORD);
  expect(engineText(RECORD.engine)).toBe('native on CPU, 2 threads');
});

it('adds each reason once, those from before the record too, and keeps them when the run goes on', async () => {
  const writer = new RecordWriter(folder);
  writer.fallsBack('a view of 10 axes');
  await writer.begin(RECORD);
  for (const reason of ['Elephant has no native kernel', 'a view of 10 axes']) writer.fallsBack(reason);
  await writer.end();
  const former = await readRunRecord(folder);
  const fallback = ['a view of 10 axes', 'Elephant has no native kernel'];
  expect(former.engine).toEqual({ ...RECORD.engine, fallback });
  expect(engineText(former.engine)).toBe('native on CPU, 2 threads, in part by ONNX Runtime');

  const next = new RecordWriter(folder, former);
  await next.begin(RECORD);
  await next.end();
  expect((await readRunRecord(folder)).engine.fallback).toEqual(fallback);
});

it('reports at its end that the record cannot be written', async () => {
  const writer = new RecordWriter(folder);
  await writer.begin(RECORD);
  await rm(join(folder, 'config.yaml'));
  await mkdir(join(folder, 'config.yaml'));
  writer.fallsBack('a view of 10 axes');
  await expect(writer.end()).rejects.toThrow('config.yaml');
});
