import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { guardOutput, ONNX, SAFETENSORS } from './guard-output.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guard-'));
  writeFileSync(join(folder, 'g.safetensors'), Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d]));
  writeFileSync(join(folder, 'g.onnx'), Buffer.from([0x08, 0x08, 0x12, 0x00]));
  writeFileSync(join(folder, 'thesis.tex'), '\\documentclass{book}');
  writeFileSync(join(folder, 'empty'), '');
  mkdirSync(join(folder, 'images'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('lets a new file be written', async () => {
  await expect(guardOutput(join(folder, 'new'), ONNX, false)).resolves.toBe(undefined);
});

it('lets a file of its own kind be replaced where that is asked for', async () => {
  await expect(guardOutput(join(folder, 'g.onnx'), ONNX, true)).resolves.toBe(undefined);
  await expect(guardOutput(join(folder, 'g.safetensors'), SAFETENSORS, true)).resolves.toBe(undefined);
  await expect(guardOutput(join(folder, 'g.onnx'), ONNX, false)).rejects.toThrow('g.onnx is there already');
});

it.each(['thesis.tex', 'g.onnx', 'empty', 'images'])('never writes over %s as over weights', async (name) => {
  const refusal = `${name} is there already, and is not a safetensors file`;
  await expect(guardOutput(join(folder, name), SAFETENSORS, true)).rejects.toThrow(refusal);
  await expect(guardOutput(join(folder, name), SAFETENSORS, false)).rejects.toThrow(refusal);
});
