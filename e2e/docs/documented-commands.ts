import { placeOf, readPages, type Block } from './pages.ts';
import { shellCommands } from './shell.ts';

/** A command of a page, for its reader to type. */
export interface DocumentedCommand {
  /** Without `npx`. */
  readonly words: readonly string[];
  /** Page and line. */
  readonly place: string;
  readonly block: Block;
}

/** Every command in the fences of the pages, in their order. */
export function documentedCommands(): DocumentedCommand[] {
  return readPages()
    .flatMap((page) => page.blocks)
    .filter(({ language }) => language === 'sh')
    .flatMap((block) =>
      shellCommands(block.text).map(({ words, line }) => ({
        words: words[0] === 'npx' ? words.slice(1) : words,
        place: placeOf({ page: block.page, line: block.line + 1 + line }),
        block,
      })),
    );
}

/**
 * The words of the one command of a page that begins like this, for a test that does what the page says.
 * `commands-run.test.ts` looks for calls of this function: what they name it need not run itself.
 */
export function commandOf(page: string, beginning: string): readonly string[] {
  const found = documentedCommands().filter(
    ({ block, words }) => block.page === page && words.join(' ').startsWith(beginning),
  );
  if (found.length !== 1)
    throw new Error(`${page} has ${found.length} commands that begin with ${beginning}`);
  return found[0]!.words;
}
