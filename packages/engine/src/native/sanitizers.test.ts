import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NativeAddon } from '@medgan/native';
import { CASES } from '../testing-cases/all.test-cases.ts';
import { asStep } from '../testing-cases/op-case.testing.ts';
import { addon, startNative } from './native.testing.ts';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('../../../native/scripts/sanitize.mjs', import.meta.url));
const [SEED, DAMAGED] = ['1', '40'];

/** The programs of all kernel cases, in the form that test/programs-test.c reads. */
async function recordPrograms(): Promise<Int32Array> {
  const words: number[] = [];
  const put = (values: Float32Array | Int32Array): void => {
    for (const word of new Int32Array(values.buffer, values.byteOffset, values.length)) words.push(word);
  };
  const recording: NativeAddon = {
    ...addon!,
    load(pool, code, constants, slots) {
      words.push(code.length, constants.length, slots.length, ...slots.map(({ length }) => length));
      put(code);
      put(constants);
      return addon!.load(pool, code, constants, slots);
    },
  };
  for (const precision of ['exact', 'default'] as const) {
    const engine = startNative({ addon: recording, precision });
    for (const opCase of CASES) await (await engine.compile(asStep(opCase), opCase.inputs)).dispose();
    await engine.dispose();
  }
  return Int32Array.from(words);
}

describe.skipIf(!addon || process.platform !== 'linux')(
  'under AddressSanitizer and UndefinedBehaviorSanitizer',
  { timeout: 600_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'medgan-sanitizers-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    beforeAll(() => run(process.execPath, [SCRIPT, folder]), 600_000);

    it('kernels compute what double precision does, on every instruction set, with equal bits for all threads', async () => {
      const { stdout } = await run(join(folder, 'kernels-test'), [SEED, '3']);
      expect(stdout).toMatch(/^\d{3} cases, 0 failures\n$/);
    });

    it('programs run, and damaged ones are refused or keep to their memory', async () => {
      const file = join(folder, 'programs');
      writeFileSync(file, await recordPrograms());
      const { stdout } = await run(join(folder, 'programs-test'), [file, SEED, DAMAGED]);
      const [programs, refused, ran] = stdout.match(/\d+/g)!.map(Number);
      expect(programs).toBe(2 * CASES.length);
      expect(refused! + ran!).toBe(programs! * Number(DAMAGED));
      expect(refused).toBeGreaterThan(programs!);
      expect(ran).toBeGreaterThan(programs!);
    });
  },
);
