/**
 * A report as one HTML file.
 *
 * @module @medgan/registry/one-file
 */

import { createHash } from 'node:crypto';
import { html, trusted, type Html } from './html.ts';

/** What a page is made of. */
export interface OneFile {
  readonly title: string;
  readonly css: string;
  /** Scripts in the order they run. */
  readonly scripts: readonly string[];
  readonly body: Html;
}

/** In a script element only its end tag is special; in a string of a script `<\/` means the same. */
const inScript = (code: string): string => code.replace(/<\/(script)/gi, '<\\/$1').trim();

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing is loaded from anywhere, and no script runs but ours. */
const policy = (scripts: readonly string[]): string =>
  [
    "default-src 'none'",
    'img-src data:',
    "style-src 'unsafe-inline'",
    `script-src ${scripts.map(hash).join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

/** A whole page as one file that needs no other. */
export function oneFile({ title, css, body, scripts }: OneFile): string {
  const code = scripts.map(inScript);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(code)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${html`${title}`.text}</title>
<link rel="icon" href="data:,">
<style>${css.replace(/<\//g, '<\\/')}</style>
</head>
<body>
${body.text}
${code.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`;
}

/** The choice of colours: `auto` follows the system. A script of the page makes it work. */
export const themeChoice = (): Html =>
  html`<fieldset class="theme">
    <legend class="hidden">Colours of the page</legend>
    ${['auto', 'light', 'dark'].map((value) => html`<label><input type="radio" name="theme" value="${value}" ${trusted(value === 'auto' ? 'checked' : '')} /><span>${value}</span></label>`)}
  </fieldset>`;

/** A table that scrolls by itself where the screen is narrow, for the keyboard too. */
export const scrolling = (label: string, table: Html): Html =>
  html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${table}</div>`;

export { html, trusted, type Html };
