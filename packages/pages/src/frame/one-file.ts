import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { html, trusted, type Html } from './html.ts';

/** What a page has of its own. */
export interface OneFile {
  readonly title: string;
  /** Where the skip link leads: `Skip to <the results>`. */
  readonly subject: string;
  readonly nav: { readonly label: string; readonly links: readonly Html[] };
  readonly main: Html;
  /** A paragraph. */
  readonly footer: Html;
  /** A file, read after the frame's. */
  readonly css: URL;
  /** Files, in the order they run, after the frame's. */
  readonly scripts: readonly URL[];
}

const FRAME = {
  css: new URL('../../assets/frame.css', import.meta.url),
  script: new URL('../../assets/frame.js', import.meta.url),
};

const text = (file: URL): Promise<string> => readFile(file, 'utf8');

/** In a script element only its end tag is special; in a string of a script `<\/` means the same. */
const inScript = (code: string): string => code.replace(/<\/(script)/gi, '<\\/$1').trim();

const hash = (code: string): string => `'sha256-${createHash('sha256').update(code).digest('base64')}'`;

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

/** A whole page as one file that needs no other: brand, choice of colours and navigation stand around `main`. */
export async function oneFile(page: OneFile): Promise<string> {
  const css = await Promise.all([FRAME.css, page.css].map(text));
  const scripts = (await Promise.all([FRAME.script, ...page.scripts].map(text))).map(inScript);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${html`${page.title}`.text}</title>
<link rel="icon" href="data:,">
<style>${css.join('\n').replace(/<\//g, '<\\/')}</style>
</head>
<body>
${body(page).text}
${scripts.map((script) => `<script>${script}</script>`).join('\n')}
</body>
</html>
`;
}

const body = ({ subject, nav, main, footer }: OneFile): Html =>
  html`<a class="skip" href="#main">Skip to ${subject}</a>
    <header class="top">
      <p class="brand">MedImageGAN</p>
      ${themeChoice()}
    </header>
    <nav aria-label="${nav.label}">
      <ul>
        ${nav.links.map((link) => html`<li>${link}</li>`)}
      </ul>
    </nav>
    <main id="main" tabindex="-1">${main}</main>
    <footer><p>${footer}</p></footer>`;

/** `auto` follows the system. */
const themeChoice = (): Html =>
  html`<fieldset class="theme">
    <legend class="hidden">Colours of the page</legend>
    ${['auto', 'light', 'dark'].map((value) => html`<label><input type="radio" name="theme" value="${value}" ${trusted(value === 'auto' ? 'checked' : '')} /><span>${value}</span></label>`)}
  </fieldset>`;
