import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleStudy, finishedResult, recordsOf } from '@medgan/experiment-registry/testing';
import type { ReportInput, ReportRun } from './report-input.ts';
import { writeReport } from './write-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'medgan-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HOSTILE = '</script><img src=x onerror=alert(1)> & "quoted"';
const FILE = `title: ${JSON.stringify(`Sweep ${HOSTILE}`)}
question: ${JSON.stringify(HOSTILE)}
base: {arch: DCGAN, path: /home/somebody/images, labels: {real: 0.9}}
vary: {grid: {batch_size: [64, 16]}}
seeds: [0, 1]
published:
  source: ${JSON.stringify(HOSTILE)}
  figures:
    psnr: {name: PSNR, unit: dB, better: higher}
    ms_gmsd: {name: MS-GMSD, better: lower, note: 0 is best}
  rows:
    - {when: {batch_size: 64}, values: {psnr: 12.46, ms_gmsd: 0.25}}
    - {when: {batch_size: 16}, values: {psnr: 12.76, ms_gmsd: 0.25}}
configurations: {quick: {note: ${JSON.stringify(HOSTILE)}}}
`;

/** A log as the trainer writes it, cut in its last line. */
function log(path: string, steps: number): string {
  const lines = Array.from({ length: steps }, (_, index) =>
    JSON.stringify({
      step: index + 1,
      epoch: Math.floor(index / 10),
      time: index,
      'loss/generator': index === 5 ? 'NaN' : 1 + Math.sin(index / 20),
      'loss/discriminator': 0.5,
    }),
  );
  writeFileSync(path, `${lines.join('\n')}\n{"step": ${steps + 1}, "ep`);
  return path;
}

let inputs: ReportInput[];
let page = '';
let markdown = '';
beforeAll(async () => {
  const study = exampleStudy(FILE);
  const results = Object.fromEntries(
    study.trials.map(({ id, seed }) => [
      id,
      finishedResult(
        { psnr: 12 + seed / 10, ms_gmsd: 0.25, 'loss/generator': 1 },
        {
          startedAt: 1.79e12,
          endedAt: 1.79e12 + 6e4,
          ...(seed === 1 ? { status: 'failed', reason: HOSTILE } : {}),
        },
      ),
    ]),
  );
  mkdirSync(join(folder, 'run'));
  const grid = join(folder, 'run', 'grid.png');
  await sharp({ create: { width: 2400, height: 40, channels: 3, background: '#a06050' } })
    .png()
    .toFile(grid);
  writeFileSync(join(folder, 'run', 'broken.png'), 'no picture');
  const runs: ReportRun[] = study.trials.map(({ id }, index) => ({
    id,
    log: log(join(folder, 'run', `${id}.jsonl`), 100 * (index + 1)),
    grid: id.startsWith('batch-size-16') ? join(folder, 'run', 'broken.png') : grid,
    data: { name: HOSTILE, images: 24, fingerprint: 'f'.repeat(64), classes: ['melanoma'] },
    engine: 'onnx on CPU, 1 thread',
  }));
  const waiting = exampleStudy();
  inputs = [
    { study, records: recordsOf(study, results), runs, command: `run ${HOSTILE}` },
    {
      study: { ...waiting, name: 'not-run' },
      records: [],
      runs: [],
      command: 'medgan experiment run not-run',
    },
  ];
  await report('a');
  page = read('a', 'index.html').toString();
  markdown = read('a', 'RESULTS.md').toString();
});

/** Writes the report into a folder of its own. */
async function report(out: string): Promise<void> {
  const problems = [`study.yaml: ${HOSTILE}`];
  await writeReport({ studies: inputs, out: join(folder, out), dataNote: HOSTILE, problems });
}

const read = (...path: string[]): Buffer => readFileSync(join(folder, ...path));

describe('writeReport', () => {
  it('writes the same bytes for the same runs', async () => {
    await report('b');
    const pictures = readdirSync(join(folder, 'a', 'images', 'sweep')).sort();
    expect(pictures).toEqual(['batch-size-64.webp', 'loss-discriminator.svg', 'loss-generator.svg']);
    const files = ['index.html', 'RESULTS.md', ...pictures.map((name) => join('images', 'sweep', name))];
    for (const file of files) expect(read('b', file).equals(read('a', file))).toBe(true);
  });

  it('escapes every text, refers to nothing outside, and lets only its own scripts run', () => {
    expect(page).not.toContain('<img src=x');
    expect(markdown).not.toContain('<img src=x');
    const own = page.replace(/<script>[^]*?<\/script>/g, '');
    expect(own.match(/(?:src|href)="(?!#|data:)[^"]*"/g)).toBeNull();
    expect(own).not.toMatch(/url\(["']?(?!#)|@import/);
    expect(page).toMatch(/default-src 'none'; img-src data:; .*script-src 'sha256-/);
    expect(own).not.toContain('/home/somebody');
  });

  it('shows what there is, says what is missing, and how to run the rest', () => {
    for (const text of [page, markdown]) {
      expect(text).toContain('the images of batch_size 16, seed 0 cannot be shown');
      expect(text).toContain('medgan experiment run not-run');
      expect(text).toContain('2 of 4 trials finished, 2 failed');
      expect(text).toContain('ffffffffffff');
    }
    expect(page).toContain('2026-09-21');
    expect(page.match(/<svg viewBox="0 0 560 280"/g)).toHaveLength(2);
    // A colour of the library's own would not follow the page's.
    expect(
      page
        .match(/<svg [^]*?<\/svg>/g)!
        .join('')
        .match(/(?:stroke|fill)="(?!var\(--|none|#000")[^"]*"/g),
    ).toBeNull();
    expect(page).toContain('labels.real');
  });

  it('compresses pictures to a width that fits a page', async () => {
    const { format, width } = await sharp(read('a', 'images', 'sweep', 'batch-size-64.webp')).metadata();
    expect([format, width]).toEqual(['webp', 1200]);
  });
});
