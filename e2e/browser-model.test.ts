import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openChromium } from './chromium-page.ts';
import { readPages } from './docs/pages.ts';
import { medgan } from './medgan.ts';
import { SMALL, writeRandomGenerator } from './random-generator.ts';

const TFJS = join(import.meta.dirname, '../node_modules/@tensorflow');
const SCRIPTS = [
  'tfjs-core/dist/tf-core',
  'tfjs-backend-cpu/dist/tf-backend-cpu',
  'tfjs-converter/dist/tf-converter',
];

/** As the docs have it, for a generator of as many latents as this one. */
const snippet = readPages()
  .find(({ name }) => name === 'docs/generate.md')!
  .blocks.find(({ language }) => language === 'js')!
  .text.replace('[1, 100]', `[1, ${SMALL.latentSize}]`);

const folder = mkdtempSync(join(tmpdir(), 'medgan-browser-'));
let server: Server;
let browser: Browser | undefined;

beforeAll(async () => {
  browser = await openChromium();
  const file = join(folder, 'generator.safetensors');
  await writeRandomGenerator(file);
  const exported = await medgan('export', file, '--format', 'tfjs', '--out', join(folder, 'generator'));
  expect(exported.code, exported.stderr).toBe(0);
  server = createServer(({ url }, response) => {
    if (url === '/') response.setHeader('content-type', 'text/html').end('<!doctype html><canvas></canvas>');
    else if (url?.startsWith('/generator/')) response.end(readFileSync(join(folder, url)));
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
}, 120_000);

afterAll(async () => {
  await browser?.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

it(
  'an exported generator draws in a browser, by the lines of the docs',
  { timeout: 120_000 },
  async ({ skip }) => {
    if (!browser) return skip();
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    for (const script of SCRIPTS) await page.addScriptTag({ path: join(TFJS, `${script}.min.js`) });
    const drawn = (await page.evaluate(`(async () => {
    const canvas = document.querySelector('canvas');
    ${snippet}
    const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return { width, height, levels: new Set(data).size };
  })()`)) as { width: number; height: number; levels: number };
    expect(drawn).toMatchObject({ width: SMALL.imageSize, height: SMALL.imageSize });
    // A generator of random weights makes images full of contrast.
    expect(drawn.levels).toBeGreaterThan(100);
  },
);
