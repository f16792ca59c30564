import type { FoundFile } from '../find/folder-walk.ts';

/** `\\` as `/`, no `./` in front, accents composed: one spelling for what Windows, macOS and tables write. */
export function spelled(name: string): string {
  return name
    .replaceAll('\\', '/')
    .replace(/^(\.\/)+/, '')
    .normalize('NFC');
}

const baseOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
const stemOf = (name: string): string => name.replace(/\.[A-Za-z][A-Za-z0-9]{1,4}$/, '');

/** `a/b/c` → `b/c`, `c`: what is left of a path without its first folders, the longest first. */
function* tailsOf(path: string): Generator<string> {
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) yield path.slice(at + 1);
}

/** Whether a path begins at the root of some machine: `/kaggle/input/…`, `C:\\…`, `\\\\server\\…`, `https://…`. */
export const isAbsoluteName = (name: string): boolean => /^([A-Za-z]:)?\/|^[a-z]+:\/\//i.test(spelled(name));

/** Stands for a key that more than one file answers to. */
const AMBIGUOUS = Symbol('ambiguous');

/**
 * Finds the file a table means: by its path in the folder or its bare name, with or without the ending; else, where the
 * table holds the paths of another machine, by the longest tail of the path that names one file. A table cannot reach a
 * file outside of the list, whatever it says.
 */
export class FileIndex<File extends Pick<FoundFile, 'name'>> {
  /** Files by their exact names, which go before any other spelling: two may differ in how accents are composed. */
  readonly #exact: ReadonlyMap<string, File>;
  /** From the strictest to the loosest way of naming a file. */
  readonly #ways: readonly Map<string, File | typeof AMBIGUOUS>[];
  /** How many different paths of the table end in a name. */
  readonly #ends = new Map<string, number>();

  /** `tableNames`: every name that the table holds, by which two of its paths with one ending are noticed. */
  constructor(files: readonly File[], tableNames: Iterable<string>) {
    this.#exact = new Map(files.map((file) => [file.name, file]));
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
      return found;
    });
    for (const name of new Set(Array.from(tableNames, (each) => spelled(each.trim())))) {
      const end = stemOf(baseOf(name));
      this.#ends.set(end, (this.#ends.get(end) ?? 0) + 1);
    }
  }

  #lookUp(asked: string): File | typeof AMBIGUOUS | undefined {
    // What the table names is compared whole first; only then is an ending of its own taken off.
    for (const wanted of [asked, stemOf(asked)]) {
      for (const files of this.#ways) {
        const file = files.get(wanted);
        if (file !== undefined) return file;
      }
    }
    return undefined;
  }

  /** The file that the end of the path names, where no other path of the table ends alike. */
  #byTail(asked: string): File | typeof AMBIGUOUS | undefined {
    for (const tail of tailsOf(asked)) {
      const isBare = !tail.includes('/');
      if (isBare && this.#ends.get(stemOf(tail)) !== 1) return undefined;
      const file = this.#lookUp(tail);
      if (file === undefined) continue;
      // Of `p1/scan.png` and `p2/scan.png` the folder matters; of a path of another machine it cannot be known.
      const isElsewhere = isBare && file !== AMBIGUOUS && file.name.includes('/') && !isAbsoluteName(asked);
      return isElsewhere ? undefined : file;
    }
    return undefined;
  }

  /** The file, or why none is meant. `byTail`: only the end of the path named it. */
  find(name: string): { readonly file: File; readonly byTail: boolean } | 'missing' | 'ambiguous' {
    const exact = this.#exact.get(name);
    if (exact !== undefined) return { file: exact, byTail: false };
    const asked = spelled(name.trim());
    const whole = this.#lookUp(asked);
    const file = whole ?? this.#byTail(asked);
    if (file === undefined) return 'missing';
    return file === AMBIGUOUS ? 'ambiguous' : { file, byTail: whole === undefined };
  }
}
