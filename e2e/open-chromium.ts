import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PATH = process.env['MEDGAN_CHROMIUM'] ?? '/usr/bin/chromium';

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
