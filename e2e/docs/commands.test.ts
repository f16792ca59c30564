import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { medganProgram } from '@medgan/cli';
import { ROOT, filesLike, isInRepository, placeOf, readPages } from './pages.ts';
import { shellCommands } from './shell.ts';

type Command = ReturnType<typeof medganProgram>;

const pages = readPages();

/** The real command line with every action taken out: it parses, and does nothing. */
function parser(): Command {
  const program = medganProgram(() => undefined);
  const disarm = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => undefined, writeOut: () => undefined });
    command.action(() => undefined);
    command.commands.forEach(disarm);
  };
  disarm(program);
  return program;
}

type Check = (words: readonly string[]) => Promise<void> | void;

const parseMedgan: Check = async (words) => {
  // Asking for help is a command that ends by an exception.
  await parser()
    .parseAsync([...words], { from: 'user' })
    .catch((error: unknown) => {
      if ((error as { code?: unknown }).code !== 'commander.helpDisplayed') throw error;
    });
};

const manifest = (file: string): { name: string; scripts?: Record<string, string> } =>
  JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as { name: string; scripts?: Record<string, string> };

const npm: Check = ([command, ...rest]) => {
  if (command === 'ci' || (command === 'install' && rest.length > 0)) return;
  const script = command === 'run' ? rest[0] : command;
  const workspace = rest.includes('-w') ? rest[rest.indexOf('-w') + 1] : undefined;
  const files = workspace === undefined ? ['package.json'] : filesLike('packages/*/package.json');
  const owner = files.map(manifest).find(({ name }) => workspace === undefined || name === workspace);
  if (!owner?.scripts?.[script!])
    throw new Error(`there is no script ${script} of ${workspace ?? 'the root'}`);
};

/** What Nx itself can do, as far as the docs use it. */
const NX_COMMANDS = ['affected', 'run-many', 'release', 'show', 'graph'];

const nx: Check = async ([command, target, ...rest]) => {
  if (command === 'g' || command === 'generate') return generator(target!);
  if (command !== 'run') {
    if (!NX_COMMANDS.includes(command!)) throw new Error(`nx ${command} is not known here`);
    return;
  }
  const [project, name, configuration = 'quick'] = target!.split(':');
  if (project !== 'experiments') throw new Error(`the project ${project} is not known here`);
  if (!['quick', 'paper'].includes(configuration)) throw new Error(`${target} has no such configuration`);
  if (name === 'report') return parseMedgan(['report', ...rest]);
  if (name !== 'paper-tables' && !isInRepository(`experiments/${name}.yaml`)) {
    throw new Error(`there is no study ${name}`);
  }
  await parseMedgan(['experiment', 'run', name!, ...rest]);
};

function generator(name: string): void {
  const [collection, schematic] = name.split(':');
  const file = filesLike('tools/*/package.json').find((each) => manifest(each).name === collection);
  if (file === undefined) throw new Error(`there is no package ${collection}`);
  const generators = JSON.parse(readFileSync(join(ROOT, file, '../generators.json'), 'utf8')) as {
    generators: object;
  };
  if (!Object.hasOwn(generators.generators, schematic!)) throw new Error(`there is no generator ${name}`);
}

const existing: Check = (words) => {
  const missing = words.find((word) => /^[\w./-]+\/[\w.-]+$/.test(word) && !isInRepository(word));
  if (missing !== undefined) throw new Error(`there is no ${missing}`);
};

/** The libraries of another version than onnxruntime-node's do not load. */
const pip: Check = (words) => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'packages/engine/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const wanted = `onnxruntime-gpu==${dependencies['onnxruntime-node']}`;
  if (words.at(-1) !== wanted) throw new Error(`${words.at(-1)} is not ${wanted}`);
};

const unzip: Check = (words) => {
  const folder = words[words.indexOf('-d') + 1]!;
  if (!existsSync(join(ROOT, folder))) throw new Error(`there is no folder ${folder}`);
};

/** How each program that the docs name is held against what there is. */
const PROGRAMS: Readonly<Record<string, Check>> = {
  medgan: parseMedgan,
  npm,
  nx,
  pip,
  unzip,
  // Another's; its options are not ours to know. e2e/mlflow.test.ts runs it.
  mlflow: () => undefined,
  vitest: ([, ...files]) => existing(files),
  node: ([file]) => existing([file!]),
  tsx: (words) => existing([words.find((word) => !word.startsWith('-'))!]),
  export: ([assignment]) => {
    const name = assignment!.split('=')[0]!;
    const files = filesLike('packages/*/src/**/*.ts');
    if (!files.some((file) => readFileSync(join(ROOT, file), 'utf8').includes(name))) {
      throw new Error(`nothing reads ${name}`);
    }
  },
};

const check: Check = (words) => {
  const [named, ...rest] = words[0] === 'npx' ? words.slice(1) : words;
  const program = named!.replace(/^\.venv-mlflow\/bin\//, '');
  if (program.includes('/')) return existing([program]);
  const known = PROGRAMS[program];
  if (!known) throw new Error(`the program ${program} is not known here`);
  return known(rest);
};

describe('commands in fenced blocks', () => {
  for (const block of pages.flatMap((page) => page.blocks)) {
    if (block.language !== 'sh' || block.marks.notRun !== undefined) continue;
    it(placeOf(block), async () => {
      for (const { words, line } of shellCommands(block.text)) {
        await expect(
          (async () => check(words))(),
          `${block.page}:${block.line + 1 + line}: ${words.join(' ')}`,
        ).resolves.toBeUndefined();
      }
    });
  }
});

/** The command that the words lead to, and the words that are left: its arguments. */
function commandOf(words: readonly string[]): { command: Command; rest: readonly string[] } {
  let [command, rest] = [parser(), words];
  for (;;) {
    const next = command.commands.find((each) => each.name() === rest[0]);
    if (!next) return { command, rest };
    [command, rest] = [next, rest.slice(1)];
  }
}

it('commands in the midst of sentences exist, and have the options that are named', () => {
  const faults = pages.flatMap((page) =>
    [...page.text.matchAll(/`(?:npx )?medgan ([^`]+)`/g)].flatMap(([whole, text]) => {
      const words = text!.split(/\s+/);
      const { command, rest } = commandOf(words);
      if (command.commands.length > 0 && rest[0] !== undefined && /^[a-z]+$/.test(rest[0])) {
        return [`${page.name}: ${whole}: there is no command ${rest[0]}`];
      }
      const options = [...command.options.flatMap(({ long }) => long ?? []), '--help', '--version'];
      return rest
        .filter((word) => word.startsWith('--') && !options.includes(word.split('=')[0]!))
        .map((word) => `${page.name}: ${whole}: there is no option ${word}`);
    }),
  );
  expect(faults).toEqual([]);
});
