import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

const PATH = process.env['MEDGAN_CHROMIUM'] ?? '/usr/bin/chromium';
const AXE = readFileSync(join(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8');

/** Debian's Chromium, or undefined, with the reason printed, where a user's machine has none. */
export async function openChromium(): Promise<Browser | undefined> {
  if (existsSync(PATH)) {
    // A container's user is root.
    return chromium.launch({ executablePath: PATH, args: ['--no-sandbox'] });
  }
  if (process.env['CI']) throw new Error(`CI must have Chromium: ${PATH} is missing`);
  process.stderr.write(`skipped: no Chromium at ${PATH}; name one in MEDGAN_CHROMIUM\n`);
  return undefined;
}

interface PageSettings {
  readonly dark?: boolean;
  /** Whether scripts run; true where absent. */
  readonly script?: boolean;
}

/** Declares a test of the page in the file at `path`, which asks for nothing else and in which nothing goes wrong. */
export type PageTest = (name: string, use: (page: Page) => Promise<void>, settings?: PageSettings) => void;

/** Tests of one page in Chromium, to be called where a `describe` stands. They are skipped where there is none. */
export function inChromium(path: string): PageTest {
  let browser: Browser | undefined;
  beforeAll(async () => void (browser = await openChromium()));
  afterAll(() => browser?.close());
  const address = `file://${path}`;

  return (name, use, { dark = false, script = true } = {}) =>
    it(name, { timeout: 180_000 }, async ({ skip }) => {
      if (!browser) return skip();
      const context = await browser.newContext({
        colorScheme: dark ? 'dark' : 'light',
        javaScriptEnabled: script,
        viewport: { width: 1280, height: 900 },
      });
      const messages: string[] = [];
      try {
        const page = await context.newPage();
        page.on('console', (message) => messages.push(message.text()));
        page.on('pageerror', (error) => messages.push(error.message));
        page.on('request', (request) => {
          if (request.url() !== address && !request.url().startsWith('data:')) messages.push(request.url());
        });
        await page.goto(address);
        await use(page);
      } finally {
        await context.close();
      }
      expect(messages).toEqual([]);
    });
}

/** Holds the page, as it stands, against axe's rules. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(AXE);
  const found = (await page.evaluate('axe.run()')) as {
    violations: { id: string; nodes: { html: string }[] }[];
    passes: unknown[];
  };
  expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`)).toEqual([]);
  expect(found.passes.length).toBeGreaterThan(20);
}

/** No part of the page is wider than the screen of a phone. */
export async function expectFitsPhone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 390, height: 800 });
  // Charts follow the width in a later frame.
  await expect
    .poll(() => page.evaluate('document.documentElement.scrollWidth'), { timeout: 20_000 })
    .toBeLessThanOrEqual(390);
}
