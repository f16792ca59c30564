import type { FoundFile } from '../find/folder-walk.ts';

/** `\` as `/`, no `./` in front, accents composed: one spelling for what Windows, macOS and tables write. */
export function spelled(name: string): string {
  return name
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '')
    .normalize('NFC');
}

const baseOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
const stemOf = (name: string): string => name.replace(/\.[A-Za-z][A-Za-z0-9]{1,4}$/, '');

/** Stands for a key that more than one file answers to. */
const AMBIGUOUS = Symbol('ambiguous');

/**
 * Finds the file a table means: by its path in the folder or its bare name, with or without the ending. A table cannot
 * reach a file outside of the list, whatever it says.
 */
export class FileIndex<File extends Pick<FoundFile, 'name'>> {
  /** From the strictest to the loosest way of naming a file. */
  readonly #ways: readonly { key: (name: string) => string; files: Map<string, File | typeof AMBIGUOUS> }[];

  constructor(files: readonly File[]) {
    const ways = [
      (name: string) => name,
      (name: string) => stemOf(name),
      (name: string) => baseOf(name),
      (name: string) => stemOf(baseOf(name)),
    ];
    this.#ways = ways.map((key) => {
      const found = new Map<string, File | typeof AMBIGUOUS>();
      for (const file of files) {
        const at = key(spelled(file.name));
        found.set(at, found.has(at) ? AMBIGUOUS : file);
      }
      return { key, files: found };
    });
  }

  /** The file, or why none is meant. */
  find(name: string): File | 'missing' | 'ambiguous' {
    const asked = spelled(name);
    // What the table names is compared whole first; only then is an ending of its own taken off.
    for (const wanted of [asked, stemOf(asked)]) {
      for (const { files } of this.#ways) {
        const file = files.get(wanted);
        if (file === AMBIGUOUS) return 'ambiguous';
        if (file !== undefined) return file;
      }
    }
    return 'missing';
  }
}
