import { readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, filesLike, isInRepository, placeOf, readPages, type Page } from './pages.ts';

const pages = readPages();
const byName = new Map(pages.map((page) => [page.name, page]));

/** The page without its code: what looks like a link in there is none. */
const prose = ({ text }: Page): string =>
  text.replace(/^( *)```[^]*?\n\1```$/gm, (block) => block.replace(/[^\n]/g, ' ')).replace(/`[^`\n]*`/g, '');

/** The names by which GitHub's headings can be linked to. */
const anchors = (page: Page): string[] =>
  [...page.text.replace(/^( *)```[^]*?\n\1```$/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/ /g, '-'),
  );

/** What is wrong with a link of a page; undefined for one that leads somewhere. */
function fault(page: Page, link: string): string | undefined {
  if (/^(https?|mailto):/.test(link)) return undefined;
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page.name : normalize(join(dirname(page.name), path)).replace(/\/$/, '');
  if (target.startsWith('..')) return 'leads out of the repository';
  if (!isInRepository(target)) return 'leads nowhere';
  if (anchor === undefined || statSync(join(ROOT, target)).isDirectory()) return undefined;
  const linked = byName.get(target);
  if (!linked) return 'has an anchor in a file that is no page';
  return anchors(linked).includes(anchor) ? undefined : 'names a heading that is not there';
}

it('every relative link leads somewhere', () => {
  const faults = pages.flatMap((page) =>
    [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
      const what = fault(page, link!);
      return what === undefined ? [] : [`${page.name}: ${link} ${what}`];
    }),
  );
  expect(faults).toEqual([]);
});

it('every page of docs is linked from the README, or from a page that is', () => {
  const reached = new Set(['README.md']);
  for (const name of reached) {
    const page = byName.get(name);
    if (!page) continue;
    for (const [, link] of prose(page).matchAll(/\]\(([^)\s#]+)/g)) {
      const target = normalize(join(dirname(name), link!)).replace(/\/$/, '');
      reached.add(target);
      // A link to a folder leads to the pages in it.
      for (const { name: inside } of pages) if (dirname(inside) === target) reached.add(inside);
    }
  }
  expect(
    pages.map(({ name }) => name).filter((name) => name.startsWith('docs/') && !reached.has(name)),
  ).toEqual([]);
});

it('docs/troubleshooting.md: every message it explains is one of ours', () => {
  const sources = filesLike('packages/*/src/**/*.ts')
    .filter((file) => !/\.(test|testing)\.ts$/.test(file))
    .map((file) => readFileSync(join(ROOT, file), 'utf8'));
  const messages = [...byName.get('docs/troubleshooting.md')!.text.matchAll(/\*\*`([^`]+)`/g)];
  expect(messages.length).toBeGreaterThan(10);
  const unknown = messages.flatMap(([, message]) =>
    message!
      .split('…')
      .map((part) => part.trim())
      .filter((part) => part !== '' && !sources.some((source) => source.includes(part))),
  );
  expect(unknown).toEqual([]);
});

describe('fenced blocks', () => {
  const blocks = pages.flatMap((page) => page.blocks);

  it('say their language: text for drawings and output', () => {
    const known = ['sh', 'yaml', 'ts', 'js', 'python', 'json', 'mermaid', 'text'];
    expect(blocks.filter(({ language }) => !known.includes(language)).map(placeOf)).toEqual([]);
  });

  it('are all found: as many as there are fences', () => {
    for (const { name, text, blocks: found } of pages) {
      expect([name, text.match(/^ *```/gm)?.length ?? 0]).toEqual([name, 2 * found.length]);
    }
  });

  it('are marked where they cannot be run here', () => {
    const marked = blocks.filter(({ marks }) => marks.notRun !== undefined);
    for (const block of marked) process.stdout.write(`not run, ${placeOf(block)}: ${block.marks.notRun}\n`);
    const unmarked = blocks.filter(
      ({ language, marks }) => language === 'python' && marks.notRun === undefined,
    );
    expect(unmarked.map(placeOf)).toEqual([]);
  });
});
