import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FsTree, type Tree } from 'nx/src/generators/tree.js';
import { setDefaults, validateOptsAgainstSchema, type Schema } from 'nx/src/utils/params.js';
import { expect, it } from 'vitest';
import { ROOT } from './pages.ts';
import { documentedCommands } from './documented-commands.ts';

const require = createRequire(import.meta.url);
const COLLECTION = join(ROOT, 'tools/nx-medgan');
const { generators } = require(join(COLLECTION, 'generators.json')) as {
  generators: Readonly<Record<string, { readonly factory: string; readonly schema: string }>>;
};

const commands = new Map(
  documentedCommands()
    .filter(({ words: [program, verb] }) => program === 'nx' && verb === 'g')
    .map(({ words, place }) => [words.join(' '), { words, place }]),
);

/** The options of a command line as Nx hands them to a generator: a word without a name is the generator's `name`. */
function optionsOf(words: readonly string[], schema: Schema): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (let i = 0; i < words.length; i++) {
    const option = /^--(.+)$/.exec(words[i]!)?.[1];
    given[option ?? 'name'] = option === undefined ? words[i] : words[++i];
  }
  const options = setDefaults(given, schema);
  validateOptsAgainstSchema(options, schema);
  return options;
}

// What `nx g … --dry-run` does once Nx has started; tools/nx-medgan's tests start it, and put to use what it writes.
it.each([...commands].map(([text, { words, place }]) => [`${place}: ${text}`, words] as const))(
  '%s',
  async (_title, [, , named, ...rest]) => {
    const kind = named!.replace('@medgan/nx-medgan:', '');
    const { factory, schema } = generators[kind]!;
    const [file, exported] = factory.split('#');
    const generate = (
      require(join(COLLECTION, file!)) as Record<string, (tree: Tree, options: object) => Promise<unknown>>
    )[exported!]!;
    const tree = new FsTree(ROOT, false);
    await generate(tree, optionsOf(rest, require(join(COLLECTION, schema)) as Schema));
    const created = tree.listChanges().filter(({ type }) => type === 'CREATE');
    if (kind === 'catalogue') expect(tree.listChanges()).toEqual([]);
    else expect(created.map(({ path }) => path).join(' ')).toContain(rest[0]);
  },
);

it('there are some', () => expect(commands.size).toBeGreaterThan(8));
