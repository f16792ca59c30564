import { expect, it } from 'vitest';
import { DownloadProgressReporter } from './download-progress.ts';

function shown(isTTY: boolean): string[] {
  const written: string[] = [];
  let now = 0;
  const stream = { isTTY, columns: 70, write: (text: string) => written.push(text) > 0 };
  const reporter = new DownloadProgressReporter(stream, { monotonic: () => now });
  for (const [at, done, bytes] of [
    [0, 10, 0],
    [5, 15, 1_000_000],
    [10, 20, 2_000_000],
    [12, 21, 2_200_000],
    [40, 40, 6_000_000],
  ] as const) {
    now = at * 1000;
    reporter.onProgress({ done, total: 40, bytes });
  }
  reporter.end();
  return written;
}

it('is a line every ten seconds in a pipe, with the rate of what was downloaded', () => {
  expect(shown(false)).toMatchInlineSnapshot(`
    [
      "20/40 images · 2.0 MB · 1.0 images/s · 20s left
    ",
      "40/40 images · 6.0 MB · 0.8 images/s
    ",
    ]
  `);
});

it('is a moving bar on a terminal, within its width, and goes away', () => {
  const lines = shown(true);
  expect(lines).toHaveLength(6);
  expect(lines[2]).toMatchInlineSnapshot(`
    "
    [K━━━━━━━━━━━━──────────── 20/40 images · 2.0 MB · 1.0 images/s · 20s l"
  `);
  expect(lines.every((line) => line.length <= 70 + 4)).toBe(true);
  expect(lines.at(-1)).toBe('\r\x1b[K');
});
