import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ArchiveServer } from '@medgan/data/testing';
import { makeCluster } from '../kubernetes.ts';
import { ROOT, filesLike } from './pages.ts';
import { fillReaderFolder, inFolder } from './reader-folder.ts';
import { isProgram, type } from './reader.ts';
import { documentedCommands, type DocumentedCommand } from './documented-commands.ts';

/** What no test runs, and why. */
const NOT_RUN: readonly (readonly [command: RegExp, why: string])[] = [
  [
    /^(node \S+\/install\.js .*cuda|pip download .*onnxruntime-gpu|unzip .*_providers_)/,
    'internet, and a GPU',
  ],
  [/^tsx .*\/check-provider\.testing\.ts cuda$/, 'needs a GPU'],
  [/^npm install @medgan\/cli$/, 'needs the internet; e2e/packed.test.ts installs the same from tarballs'],
];
/** Lines of `.ci/run`. */
const CI = ['npm ci', 'npm test', 'tools/mlflow/install.sh', 'medgan engine install tfjs-node'];

/** Each command once, where it stands first. */
const commands = documentedCommands()
  .map((each) => ({ text: each.words.join(' '), ...each }))
  .filter(({ text }, i, all) => all.findIndex((other) => other.text === text) === i);

/** Beginnings of commands that another test takes from their page and runs: its calls of `commandOf`. */
const elsewhere = filesLike('e2e/**/*.test.ts').flatMap((file) =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\bcommandOf\('([^']+)', '([^']+)'\)/g)].map(
    ([, page, beginning]) => ({ file, page, beginning: beginning! }),
  ),
);

/** How a command comes to be run; undefined where it does not. */
function howRun({ text, words, block }: (typeof commands)[number]): string | undefined {
  if (CI.includes(text)) return '.ci/run';
  if (NOT_RUN.some(([command]) => command.test(text))) return 'not run';
  if (words[0] === 'nx' && words[1] === 'g') return 'generators-run.test.ts';
  const test = elsewhere.find(({ page, beginning }) => page === block.page && text.startsWith(beginning));
  if (test) return test.file;
  return isProgram(words[0]!) ? 'here' : undefined;
}

const run = commands
  .filter((command) => howRun(command) === 'here' && command.block.marks.notRun === undefined)
  // The run of the README's control file is there on every page.
  .sort(
    (a, b) => Number(b.text === 'medgan run melanoma.yaml') - Number(a.text === 'medgan run melanoma.yaml'),
  );

let folder: string;
let archive: ArchiveServer;
const env: Record<string, string> = {};
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'medgan-reader-')));
  await fillReaderFolder(folder);
  archive = await ArchiveServer.start(
    Array.from({ length: 4 }, (_, i) => ({
      id: `ISIC_000000${i}`,
      diagnosis: i % 2 ? 'Benign' : 'Malignant',
      licence: 'CC-0',
    })),
  );
  env['PATH'] = makeCluster(join(folder, 'cluster')).path;
});
afterAll(async () => {
  await archive.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Sizes in a command, by the word before them. */
const SMALL: Readonly<Record<string, string>> = { '--count': '2', '--batch-size': '2', '--steps': '1' };

/** The command as it is typed here: word for word but for folders, sizes, addresses and how long to wait. */
function typed(words: readonly string[]): string[] {
  const here = words.map((word, i) =>
    inFolder(SMALL[words[i - 1]!] ?? word, folder)
      .replace(/^DIR$/, join(folder, 'data/isic'))
      .replace(/^step-2000$/, 'step-2')
      .replace(/^max_steps=200$/, 'max_steps=2'),
  );
  if (words[1] === 'data' && words[2] === 'isic') here.push('--base-url', archive.base);
  if (words[1] === 'evaluate') here.push('--fakes', '8');
  if (words.includes('./kubernetes.mjs')) here.push('--launcher-option', 'poll_seconds=0.1');
  return here;
}

/** A reader of another page has a run of another name, has drawn no images yet, and has not trained the same study. */
function tidy({ words }: DocumentedCommand): void {
  rmSync(join(folder, 'images'), { recursive: true, force: true });
  if (words.includes('--launcher'))
    rmSync(join(folder, 'runs/batch-size-sweep'), { recursive: true, force: true });
  const [trained, other] = [join(folder, 'runs/melanoma'), join(folder, 'runs/melanoma-64')];
  if (existsSync(trained) && !existsSync(other)) cpSync(trained, other, { recursive: true });
}

it('every command is run, here or elsewhere, or says why not', () => {
  const left = commands.filter((each) => howRun(each) === undefined && each.block.marks.notRun === undefined);
  expect(left.map(({ place, text }) => `${place}: ${text}`)).toEqual([]);
  expect(run.length).toBeGreaterThan(40);
});

it('every exception is needed', () => {
  const texts = commands.map(({ text }) => text);
  expect(NOT_RUN.filter(([command]) => !texts.some((text) => command.test(text)))).toEqual([]);
  const ci = readFileSync(join(ROOT, '.ci/run'), 'utf8');
  expect(CI.filter((line) => !new RegExp(`^(npx )?${line}\\b`, 'm').test(ci))).toEqual([]);
});

it.each(run.map((each) => [`${each.place}: ${each.text}`, each] as const))(
  '%s',
  { timeout: 240_000 },
  async (_title, command) => {
    tidy(command);
    expect(await type(typed(command.words), { folder, env })).toEqual({ code: 0, stderr: '' });
  },
);
