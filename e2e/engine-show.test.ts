import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { medgan, type Ended } from './medgan.ts';
import { openChromium } from './open-chromium.ts';

const AXE = readFileSync(join(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'medgan-engine-show-'));
const file = (name: string): string => join(folder, name);

/** The sizes of the original; widths are kept small, which leaves the graph as it is. */
const CONTROL = `arch: DCGAN
out: ${folder}
run: shown
batch_size: 16
gen_feature_maps: 8
dis_feature_maps: 8
`;

let shown: Ended;
let browser: Browser | undefined;
beforeAll(async () => {
  writeFileSync(file('dcgan.yaml'), CONTROL);
  shown = await medgan('engine', 'show', file('dcgan.yaml'), '--html', file('step.html'));
  browser = await openChromium();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

it('shows what the passes leave, kernels, parts, borders and state', () => {
  expect(shown, shown.stderr).toMatchObject({ code: 0, stderr: '' });
  const { stdout } = shown;
  expect(stdout).toMatch(/^dcgan at 64 px, bce, batch 16: one training step\n/);
  expect(stdout).toMatch(/\| fuse-sum-square +\| +\d+ \| −13 Sum, \+13 SumSquare +\|/);
  expect(stdout).toMatch(/\| Conv2D +\| +19 \| +19 \| +[\d.]+ M \|/);
  expect(stdout).toMatch(/\| discriminator: real images +\|/);
  expect(stdout).toMatch(/\| in +\| real +\| \[16, 64, 64, 3\] +\|/);
  expect(stdout).toMatch(/\| generator +\| main.0.weight +\| \[100, 64, 4, 4\] +\| parameter \|/);
});

it('says the same as JSON, node by node', async () => {
  const { code, stdout } = await medgan('engine', 'show', file('dcgan.yaml'), '--json');
  expect(code).toBe(0);
  const view = JSON.parse(stdout) as {
    counts: { run: number; multiplyAdds: number };
    nodes: {
      index: number;
      multiplyAdds: number;
      part: string;
      place: string;
      inputs: { node?: number }[];
    }[];
    parts: { name: string; nodes: number }[];
  };
  expect(view.nodes).toHaveLength(view.counts.run);
  expect(view.parts.reduce((sum, { nodes }) => sum + nodes, 0)).toBe(view.counts.run);
  expect(view.nodes.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0)).toBe(view.counts.multiplyAdds);
  // In topological order, and every node from a part and a place.
  for (const { index, inputs, part, place } of view.nodes) {
    for (const { node } of inputs) expect(node ?? -1).toBeLessThan(index);
    expect(part).not.toBe('elsewhere');
    expect(place).toMatch(/:\d+$/);
  }
});

it('shows one update of several, and refuses a control file that trains nothing', async () => {
  const one = await medgan('engine', 'show', file('dcgan.yaml'), '--update', 'generator');
  expect(one.stdout).toMatch(/one update of the generator\n/);
  expect(one.stdout).not.toContain('discriminator: Adam');
  writeFileSync(file('images.yaml'), 'arch: Generator\npath: x.pth\n');
  const { code, stderr } = await medgan('engine', 'show', file('images.yaml'));
  expect(code).toBe(1);
  expect(stderr).toContain('draws images and has no training step');
});

describe('the page in Chromium', () => {
  const inBrowser = (name: string, test: () => Promise<void>): void =>
    it(name, { timeout: 120_000 }, async ({ skip }) => {
      if (!browser) skip();
      await test();
    });

  /** Opens the page and sees to it that nothing is asked for and nothing goes wrong. */
  async function open(use: (page: Page) => Promise<void>, dark = false): Promise<void> {
    const context = await browser!.newContext({
      colorScheme: dark ? 'dark' : 'light',
      viewport: { width: 1280, height: 900 },
    });
    const told: string[] = [];
    try {
      const page = await context.newPage();
      page.on('console', (message) => told.push(message.text()));
      page.on('pageerror', (error) => told.push(error.message));
      const address = `file://${file('step.html')}`;
      page.on('request', (request) => {
        if (request.url() !== address && !request.url().startsWith('data:')) told.push(request.url());
      });
      await page.goto(address);
      await use(page);
    } finally {
      await context.close();
    }
    expect(told).toEqual([]);
  }

  for (const dark of [false, true]) {
    inBrowser(`has no fault that axe finds, ${dark ? 'dark' : 'light'}`, () =>
      open(async (page) => {
        // One part opened: the others are alike, and their thousand rows take axe minutes.
        await page.locator('#part-3 > summary').click();
        await page.locator('#parts details > summary').click();
        await page.evaluate(AXE);
        const found = (await page.evaluate('axe.run()')) as {
          violations: { id: string; nodes: { html: string }[] }[];
          passes: unknown[];
        };
        expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)).toEqual([]);
        expect(found.passes.length).toBeGreaterThan(20);
      }, dark),
    );
  }

  inBrowser('finds operations by kernel, variable and file, and folds the rest away', () =>
    open(async (page) => {
      const all = await page.locator('.part tbody tr').count();
      expect(await page.getByRole('status').textContent()).toBe(`${all.toLocaleString('en')} operations`);
      await page.getByRole('searchbox').fill('conv2d generator main.3.weight');
      const rows = page.locator('.part tbody tr:visible');
      expect(await rows.count()).toBeGreaterThan(0);
      expect(await rows.count()).toBeLessThan(10);
      for (const text of await rows.allTextContents())
        expect(text).toMatch(/Conv2D[^]*generator main\.3\.weight/);
      expect(await page.getByRole('status').textContent()).toBe(
        `${await rows.count()} of ${all.toLocaleString('en')} operations`,
      );
      await page.getByRole('searchbox').fill('');
      expect(await rows.count()).toBe(0);
    }),
  );

  inBrowser('leads by the keyboard from the drawing to a part, and from an operand to what makes it', () =>
    open(async (page) => {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('main');
      const first = page.locator('svg a.row').first();
      await first.focus();
      await page.keyboard.press('Enter');
      await page.locator('#part-0[open]').waitFor();
      expect(await page.evaluate('document.activeElement.tagName')).toBe('SUMMARY');
      const link = page.locator('#part-0 a[href^="#op-"]').first();
      const target = await link.getAttribute('href');
      await link.focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => page.evaluate('`#${document.activeElement.id}`')).toBe(target);
    }),
  );

  inBrowser('fits a phone', () =>
    open(async (page) => {
      await page.setViewportSize({ width: 390, height: 800 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    }),
  );
});
