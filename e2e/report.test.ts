import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, expectFitsPhone, inChromium } from './chromium-page.ts';

const MEDGAN = join(import.meta.dirname, '../packages/cli/bin/medgan.mjs');
const folder = mkdtempSync(join(tmpdir(), 'medgan-report-'));

const STUDY = `title: Latent size
question: Does a <larger> latent help?
base:
  arch: DCGAN
  gen_feature_maps: 2
  dis_feature_maps: 2
  batch_size: 6
  num_epochs: 3
  sample_count: 4
  sample_every: 100
  dataset_options: { count: 12 }
  evaluate_every: 2
  threads: 1
  cache: ''
vary: { grid: { latent_vector: [4, 8] } }
seeds: [0, 1]
published:
  source: Somewhere
  conclusion: 8 is best
  figures:
    psnr: { name: PSNR, unit: dB, better: higher, digits: 2 }
    ms_gmsd: { name: MS-GMSD, better: lower, note: 0 is best }
  rows:
    - { when: { latent_vector: 4 }, values: { psnr: 9.91, ms_gmsd: 0.27 } }
    - { when: { latent_vector: 8 }, values: { psnr: 12.76, ms_gmsd: 0.25 } }
  open: [{ what: number of images, assumed: all }]
configurations: { quick: {} }
`;

const medgan = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, [MEDGAN, ...args], { cwd: folder });

beforeAll(async () => {
  mkdirSync(join(folder, 'experiments'));
  writeFileSync(join(folder, 'experiments', 'latent-size.yaml'), STUDY);
  const other = STUDY.replace('title: Latent size', 'title: Later').replace('[4, 8]', '[4]');
  writeFileSync(join(folder, 'experiments', 'later.yaml'), other);
  await medgan('experiment', 'run', 'latent-size');
  await medgan('report', '--data-note', 'Built-in images.');
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string): string => join(folder, 'reports', name);

it('writes RESULTS.md and its pictures beside the page', () => {
  const text = readFileSync(path('RESULTS.md'), 'utf8');
  expect(text).toMatch(/\| latent_vector 4 +\| ours, last, 2 seeds +\|/);
  expect(text).toMatch(/other real images \(ceiling\)/);
  expect(text).toContain('medgan experiment run later');
  for (const [, picture] of text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) {
    expect(statSync(path(picture!)).size).toBeGreaterThan(500);
  }
  expect(text.match(/!\[/g)!.length).toBe(4);
});

it('writes the same page again', async () => {
  const first = readFileSync(path('index.html'));
  await medgan('report', '--data-note', 'Built-in images.', '--out', 'again');
  expect(readFileSync(join(folder, 'again', 'index.html')).equals(first)).toBe(true);
});

describe('the page in Chromium', () => {
  const test = inChromium(path('index.html'));

  test('shows figures, charts and images, and asks for nothing', async (page) => {
    const study = page.locator('#latent-size');
    expect(await study.locator('.question').textContent()).toBe('Does a <larger> latent help?');
    expect(await study.locator('.figures tbody th[scope="rowgroup"]').allTextContents()).toEqual([
      'latent_vector 4',
      'latent_vector 8',
      'for comparison',
    ]);
    expect(await study.locator('.figures .last td').first().textContent()).toMatch(/^\d+\.\d\d ± \d\.\d\d$/);
    expect(await study.locator('.figures .difference td').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringMatching(/better|worse|equal/)]),
    );
    await study.locator('.losses').scrollIntoViewIfNeeded();
    await study.locator('.chart.is-live .chart-live svg').first().waitFor();
    // The pointer shows the values of every setting, and no line may vanish under it.
    const live = study.locator('.chart-live').first();
    const lines = live.locator(
      'path[stroke^="var(--series"][stroke-dasharray], path[stroke^="var(--series"][stroke-width="1.8"]',
    );
    const before = await lines.count();
    await live.hover({ position: { x: 200, y: 100 } });
    for (const label of ['epoch', 'latent_vector 4: ', 'latent_vector 8: ']) {
      await live.locator('text', { hasText: label }).last().waitFor();
    }
    expect(before).toBe(2);
    expect(await lines.count()).toBe(before);
    const loaded = await study
      .locator('.grids img')
      .evaluateAll((images: { naturalWidth: number }[]) =>
        images.map(({ naturalWidth }) => naturalWidth > 0),
      );
    expect(loaded).toEqual([true, true]);
    expect(await page.locator('#later pre').textContent()).toBe('medgan experiment run later');
    await expectFitsPhone(page);
    await page.screenshot({ path: path('page.png') });
    expect(statSync(path('page.png')).size).toBeGreaterThan(10_000);
  });

  for (const dark of [false, true]) {
    test(
      `has no fault that axe finds, ${dark ? 'dark' : 'light'}`,
      async (page) => {
        await page.locator('#latent-size .losses').scrollIntoViewIfNeeded();
        await page.locator('#latent-size .is-live').first().waitFor();
        await expectAccessible(page);
      },
      { dark },
    );
  }

  test('answers to the keyboard: skip link, colours, legend, zoom', async (page) => {
    const focused = (): Promise<string> =>
      page.evaluate('document.activeElement.textContent.trim() || document.activeElement.value');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the results');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('auto');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(20, 23, 28)');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Overview');

    const losses = page.locator('#latent-size .losses');
    await losses.scrollIntoViewIfNeeded();
    const lines = losses.locator('.is-live').first().locator('.chart-live path[stroke^="var(--series"]');
    await lines.first().waitFor();
    const before = await lines.count();
    await losses.locator('.legend input').first().focus();
    await page.keyboard.press('Space');
    await expect.poll(() => lines.count()).toBeLessThan(before);
    await losses.locator('.zoom button').nth(1).focus();
    await page.keyboard.press('Enter');
    expect(await losses.locator('.zoom button').nth(1).getAttribute('aria-pressed')).toBe('true');
  });

  test(
    'keeps its charts and tables without scripts and on paper',
    async (page) => {
      const chart = page.locator('#latent-size .chart-static svg').first();
      expect(await chart.isVisible()).toBe(true);
      const pdf = (await page.pdf({ format: 'A4', tagged: true })).toString('latin1');
      expect(pdf.match(/\/S \/Table\b/g)!.length).toBeGreaterThanOrEqual(5);
      expect(pdf.match(/\/S \/Figure\b/g)!.length).toBeGreaterThanOrEqual(4);
    },
    { script: false },
  );
});
