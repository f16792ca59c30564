import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMedgan } from '../medgan.ts';
import { placeOf, readPages } from './pages.ts';
import { fillReaderFolder, inFolder } from './reader-folder.ts';
import { shellCommands } from './shell.ts';

/** What is only parsed (`commands.test.ts`), and why. */
const PARSED_ONLY: readonly (readonly [command: RegExp, why: string])[] = [
  [/^data isic /, 'asks the ISIC archive; its own tests have a server'],
  [/^experiment run /, 'minutes; e2e/studies.test.ts runs small ones'],
  [
    /^(import|export|generate --checkpoint runs\/melanoma-64) /,
    'e2e/generate.test.ts and e2e/export.test.ts do',
  ],
  [/^experiment show /, 'e2e/experiment.test.ts does'],
  [/^plugins \.\//, 'e2e/plugins.test.ts does'],
  [/^bench /, 'measures for longer than all of this takes'],
  [/^mlflow /, 'needs a study that was run; e2e/mlflow.test.ts has one'],
  [/^evaluate (?!.*--protocol)/, 'half a minute each; e2e/evaluate.test.ts asks for the parts one by one'],
];

const pages = readPages().filter(({ name }) => name === 'README.md' || /^docs\/[\w-]+\.md$/.test(name));

/** Every `medgan` command in the fences of the pages, each once, in the order of a reader: README first. */
const commands = new Map(
  pages
    .flatMap((page) => page.blocks)
    .filter(({ language, marks }) => language === 'sh' && marks.notRun === undefined)
    .flatMap((block) =>
      shellCommands(block.text).map(({ words, line }) => ({
        words: words[0] === 'npx' ? words.slice(1) : words,
        place: placeOf({ page: block.page, line: block.line + 1 + line }),
      })),
    )
    .filter(({ words }) => words[0] === 'medgan')
    .map(({ words, place }) => [words.slice(1).join('\0'), { words: words.slice(1), place }] as const),
);

const isParsedOnly = (words: readonly string[]): boolean =>
  PARSED_ONLY.some(([command]) => command.test(words.join(' ')));

const run = [...commands.values()]
  .filter(({ words }) => !isParsedOnly(words))
  .sort((a, b) => Number(b.words[0] === 'run') - Number(a.words[0] === 'run'));

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'medgan-reader-'));
  await fillReaderFolder(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A reader of docs/generate.md and docs/evaluation.md has a run of another name, and has not drawn its images yet. */
const tidy = (): void => {
  rmSync(join(folder, 'images'), { recursive: true, force: true });
  const [trained, other] = [join(folder, 'runs/melanoma'), join(folder, 'runs/melanoma-64')];
  if (existsSync(trained) && !existsSync(other)) cpSync(trained, other, { recursive: true });
};

it('there are some, and each exception is needed', () => {
  expect(run.length).toBeGreaterThan(12);
  const all = [...commands.values()].map(({ words }) => words.join(' '));
  expect(PARSED_ONLY.filter(([command]) => !all.some((each) => command.test(each)))).toEqual([]);
});

it.each(run.map(({ words, place }) => [`${place}: medgan ${words.join(' ')}`, words] as const))(
  '%s',
  { timeout: 240_000 },
  async (_title, words) => {
    const args = words.map((word) => inFolder(word, folder));
    const { code, stderr } = await startMedgan(args, { cwd: folder }).ended;
    tidy();
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  },
);
