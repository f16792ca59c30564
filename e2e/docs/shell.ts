/** A command as a shell would start it. */
export interface ShellCommand {
  /** The words, unquoted. */
  readonly words: readonly string[];
  /** Lines below the first of the block. */
  readonly line: number;
}

/** A word with or without quotes, an operator, a comment, an escaped line break. */
const TOKEN =
  /'([^']*)'|"([^"]*)"|(&&|\|\||[|;>]|\n)|(\\\n)|(#[^\n]*)|([^\s'"&|;>#\\][^\s'"&|;>\\]*)|([ \t]+)/gy;

/** The commands of a block, as far as docs use a shell: words, quotes, comments, `&&`, continued lines. */
export function shellCommands(text: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let [words, word, line, start]: [string[], string | undefined, number, number] = [[], undefined, 0, 0];
  const endWord = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push({ words, line: start });
    words = [];
  };
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, single, double, operator, continued, comment, plain] = match;
    end = match.index + whole.length;
    const part = single ?? double ?? plain;
    if (part !== undefined) {
      if (words.length === 0 && word === undefined) start = line;
      word = (word ?? '') + part;
    } else if (operator !== undefined) {
      endCommand();
      if (operator !== '\n' && operator !== '&&') throw new Error(`${operator} is not understood here`);
      if (operator === '\n') line++;
    } else if (comment === undefined || word === undefined) {
      endWord();
      if (continued !== undefined) line++;
    } else {
      word += comment;
    }
  }
  if (end !== text.length) throw new Error(`not understood from here on: ${text.slice(end, end + 20)}`);
  endCommand();
  return commands;
}
