import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { encodeSafetensors, decodeSafetensors } from './safetensors.ts';
import { WeightsError } from './errors.ts';
import { readTorchStateDict } from './torch-state-dict.ts';

/** Damaged files per run; many with `MEDGAN_FUZZ=20000 npx vitest run packages/weights/src/fuzz.test.ts`. */
const COUNT = Number(process.env['MEDGAN_FUZZ'] ?? 600);

const fixtures = join(import.meta.dirname, '__fixtures__');
const torchFiles = readdirSync(fixtures)
  .filter((name) => /\.(pth|pt|ckpt|zip)$/.test(name))
  .map((name) => readFileSync(join(fixtures, name)));
const safetensors = Buffer.from(
  encodeSafetensors({
    'main.0.weight': { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    count: { dtype: 'I64', shape: [], data: BigInt64Array.of(7n) },
  }),
);

/** xorshift32: the same damage in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** A copy with bytes changed, cut off, removed, repeated or taken from elsewhere in it. */
function damaged(file: Buffer, next: (below: number) => number): Buffer {
  let bytes = Buffer.from(file);
  for (let times = 1 + next(4); times > 0 && bytes.length > 1; times--) {
    const at = next(bytes.length);
    const length = 1 + next(Math.min(40, bytes.length - at));
    const kind = next(5);
    if (kind === 0) bytes[at] = next(256);
    else if (kind === 1) bytes = bytes.subarray(0, at);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    else bytes.copy(bytes, at, next(bytes.length), next(bytes.length));
  }
  return bytes;
}

it(`reads or refuses ${COUNT} damaged PyTorch files`, { timeout: 600_000 }, async () => {
  const next = numbers(20241130);
  let accepted = 0;
  for (let i = 0; i < COUNT; i++) {
    const file = damaged(torchFiles[i % torchFiles.length]!, next);
    const outcome: unknown = await readTorchStateDict(file).catch((error: unknown) => error);
    if (outcome instanceof Map) accepted++;
    else expect(outcome, `file ${i}`).toBeInstanceOf(WeightsError);
  }
  expect(accepted).toBeLessThan(COUNT);
});

it(`reads or refuses ${COUNT} damaged safetensors files`, () => {
  const next = numbers(19700101);
  for (let i = 0; i < COUNT; i++) {
    let outcome: unknown;
    try {
      outcome = decodeSafetensors(damaged(safetensors, next)).tensors;
    } catch (error) {
      outcome = error;
    }
    if (!(outcome instanceof Map)) expect(outcome, `file ${i}`).toBeInstanceOf(WeightsError);
  }
});
