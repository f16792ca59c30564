import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { LOG_START, readLog, type LogPlace } from './read-log.ts';

const dir = mkdtempSync(join(tmpdir(), 'medgan-log-'));
afterAll(() => rmSync(dir, { recursive: true }));
const path = join(dir, 'log.jsonl');

const line = (step: number, time = 1000 + step): string =>
  `${JSON.stringify({ step, epoch: 1, time, 'loss/generator': step / 3 })}\n`;
const lines = (from: number, to: number, time?: number): string =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => line(from + i, time)).join('');

/** All steps after a place. */
async function drain(place: LogPlace): Promise<{ steps: number[]; place: LogPlace }> {
  const steps: number[] = [];
  for (;;) {
    const read = await readLog(path, place);
    if (read.steps.length === 0) return { steps, place: read.place };
    steps.push(...read.steps.map(({ step }) => step));
    place = read.place;
  }
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('readLog', () => {
  it('finds nothing where nothing was logged yet', async () => {
    expect(await readLog(join(dir, 'absent.jsonl'), LOG_START)).toEqual({ steps: [], place: LOG_START });
  });

  it('turns the texts of NaN and infinities back into numbers', async () => {
    writeFileSync(path, '{"step":1,"epoch":2,"time":7,"loss/generator":"NaN","prob/real":"-Infinity"}\n');
    const { steps } = await readLog(path, LOG_START);
    expect(steps).toEqual([
      { step: 1, time: 7, values: { epoch: 2, 'loss/generator': NaN, 'prob/real': -Infinity } },
    ]);
  });

  it('leaves a half-written line for later', async () => {
    const text = lines(1, 3);
    writeFileSync(path, text.slice(0, -5));
    const first = await drain(LOG_START);
    expect(first.steps).toEqual([1, 2]);
    appendFileSync(path, text.slice(-5));
    expect((await drain(first.place)).steps).toEqual([3]);
  });

  it('reads a log that is longer than a piece', async () => {
    const many = 30_000;
    writeFileSync(path, lines(1, many));
    expect((await drain(LOG_START)).steps).toEqual(upTo(many));
    expect((await drain({ step: many - 2, offset: 12_345 })).steps).toEqual([many - 1, many]);
  });

  it('gives every step once, however the log grows and however often a resumed run takes lines back', async () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant('grow' as const), by: fc.integer({ min: 1, max: 40 }) }),
      fc.record({ kind: fc.constant('resume' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({ kind: fc.constant('read' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        writeFileSync(path, '');
        let [length, furthest, time] = [0, 0, 0];
        let place = LOG_START;
        const seen: number[] = [];
        const read = async (): Promise<void> => {
          const drained = await drain(place);
          seen.push(...drained.steps);
          place = drained.place;
        };
        for (const next of acts) {
          if (next.kind === 'grow') {
            appendFileSync(path, lines(length + 1, length + next.by, 10 ** (time % 12)));
            length += next.by;
          } else if (next.kind === 'resume') {
            time++;
            length = Math.floor(length * next.at);
            writeFileSync(path, lines(1, length));
          } else {
            await read();
            furthest = Math.max(furthest, length);
          }
        }
        await read();
        expect(seen).toEqual(upTo(Math.max(furthest, length)));
      }),
      { numRuns: 60 },
    );
  });
});
