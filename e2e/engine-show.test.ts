import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible, expectFitsPhone, inChromium } from './chromium-page.ts';
import { medgan, type Ended } from './medgan.ts';

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
beforeAll(async () => {
  writeFileSync(file('dcgan.yaml'), CONTROL);
  shown = await medgan('engine', 'show', file('dcgan.yaml'), '--html', file('step.html'));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
  const test = inChromium(file('step.html'));

  for (const dark of [false, true]) {
    test(
      `has no fault that axe finds, ${dark ? 'dark' : 'light'}`,
      async (page) => {
        // One part opened: the others are alike, and their thousand rows take axe minutes.
        await page.locator('#part-3 > summary').click();
        await page.locator('#parts details > summary').click();
        await expectAccessible(page);
      },
      { dark },
    );
  }

  test('finds operations by kernel, variable and file, and folds the rest away', async (page) => {
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
  });

  test('leads by the keyboard from the drawing to a part, and from an operand to what makes it', async (page) => {
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
  });

  test('fits a phone', expectFitsPhone);
});
