import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repository. */
export const ROOT = join(import.meta.dirname, '../..');

/** Where the pages are that say what to type. */
const PAGES = [
  '*.md',
  'docs/**/*.md',
  'packages/*/README.md',
  'tools/*/README.md',
  'benchmarks/**/*.md',
  'experiments/**/*.md',
];

/** The files of the repository that one of the patterns names, those not committed yet too; `**` is any folders. */
export function filesLike(...patterns: readonly string[]): string[] {
  const specs = patterns.map((pattern) => `:(glob)${pattern}`);
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...specs],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  return listed
    .split('\n')
    .filter((name) => name !== '' && isInRepository(name))
    .sort();
}

/** What a page may say of the block that follows, in an HTML comment that readers of the page do not see. */
interface Marks {
  /** Why it is not run here: `<!-- not run: needs a GPU -->`. */
  readonly notRun?: string;
  /** Why it is checked by its types only: `<!-- typed only: needs a server -->`. */
  readonly typedOnly?: string;
  /** The test that has what it needs, and runs it: `<!-- run by: e2e/mlflow.test.ts -->`. */
  readonly runBy?: string;
  /** Code that comes before it: `<!-- given: const real = … -->`. */
  readonly given?: string;
}

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  /** Of the opening fence, from 1 on. */
  readonly line: number;
  readonly language: string;
  /** Without the indentation of the fence. */
  readonly text: string;
  /** The file that the page asks its reader to write the block to: ``Write `my-gan.mjs`:``. */
  readonly file: string | undefined;
  readonly marks: Marks;
}

/** A page of the docs. */
export interface Page {
  /** Path in the repository. */
  readonly name: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

const KINDS = { 'not run': 'notRun', 'typed only': 'typedOnly', 'run by': 'runBy', given: 'given' } as const;

/** The comments that end right before `text` does. */
function marksBefore(text: string): Marks {
  const marks: Record<string, string> = {};
  let rest = text.trimEnd();
  for (;;) {
    const [whole, kind, content] =
      /<!-- (not run|typed only|run by|given): ((?:(?!-->)[^])*?)\s*-->$/.exec(rest) ?? [];
    if (whole === undefined) return marks;
    marks[KINDS[kind as keyof typeof KINDS]] = content!;
    rest = rest.slice(0, -whole.length).trimEnd();
  }
}

function blocksOf(page: string, text: string): Block[] {
  return [...text.matchAll(/^( *)```([\w-]*)\n([^]*?)\n\1```$/gm)].map((match) => {
    const [, indent, language, code] = match as unknown as [string, string, string, string];
    const before = text.slice(0, match.index);
    return {
      page,
      line: before.split('\n').length,
      language,
      text: code.replace(new RegExp(`^${indent}`, 'gm'), ''),
      file: /Write `([\w.-]+)`:$/.exec(before.trimEnd())?.[1],
      marks: marksBefore(before),
    };
  });
}

/** Every page, in the order of their names. */
export function readPages(): Page[] {
  const names = filesLike(...PAGES);
  return names.map((name) => {
    const text = readFileSync(join(ROOT, name), 'utf8');
    return { name, text, blocks: blocksOf(name, text) };
  });
}

/** Where a block stands, for messages and names of tests. */
export const placeOf = ({ page, line }: Pick<Block, 'page' | 'line'>): string => `${page}:${line}`;

export const isInRepository = (path: string): boolean => existsSync(join(ROOT, path));
