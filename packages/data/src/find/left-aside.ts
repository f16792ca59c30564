import { plural } from '@medgan/files';
import type { DatasetContext } from '@medgan/plugin-api';

/** Something that lay in a searched folder and was not taken. */
export interface LeftAside {
  readonly reason: 'other kind' | 'own output' | 'system folder' | 'broken link' | 'beside class folders';
  /** What it is: an extension, the kind of output, the name of a folder or link. */
  readonly what: string;
  readonly count: number;
  /** The first few, as paths in the folder. */
  readonly examples: readonly string[];
}

/** Text, tables and programs beside the images, which nobody takes for images. */
const COMPANIONS =
  /\.(csv|tsv|txt|md|rst|json|jsonl|ya?ml|xml|html?|pdf|docx?|xlsx?|log|lock|ini|toml|cfg|py|ipynb|r|m|js|ts|sh|bat|sha256|md5|db|bib|tex)$|^(license|licence|readme|dicomdir|makefile|desktop\.ini)$/i;

const EXAMPLES = 3;

/** `.gz` for `a.nii.gz`, in lower case; '' for a name without an extension. */
function extensionOf(name: string): string {
  return /[^.](\.[A-Za-z][\w-]{0,9})$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

/** Counts what a search for images passes over, so that it can be said. */
export class AsideCounter {
  readonly #found = new Map<string, { reason: LeftAside['reason']; what: string; names: string[] }>();

  #add(reason: LeftAside['reason'], what: string, name: string): void {
    const key = `${reason}\0${what}`;
    const known = this.#found.get(key);
    if (known) known.names.push(name);
    else this.#found.set(key, { reason, what, names: [name] });
  }

  /** A file that is no image by its name or content. */
  addFile(path: string): void {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (!COMPANIONS.test(name)) this.#add('other kind', extensionOf(name), path);
  }

  addOutput(path: string, what: string): void {
    this.#add('own output', what, path);
  }

  holdsOutputIn(folder: string): boolean {
    return [...this.#found.values()].some(
      ({ reason, names }) => reason === 'own output' && names.some((name) => name.startsWith(`${folder}/`)),
    );
  }

  addSystemFolder(path: string): void {
    this.#add('system folder', path.slice(path.lastIndexOf('/') + 1), path);
  }

  addBrokenLink(path: string): void {
    this.#add('broken link', path.slice(path.lastIndexOf('/') + 1), path);
  }

  get list(): readonly LeftAside[] {
    return [...this.#found.values()]
      .map(({ reason, what, names }) => ({
        reason,
        what,
        count: names.length,
        examples: names.sort().slice(0, EXAMPLES),
      }))
      .sort((a, b) => (a.reason + a.what < b.reason + b.what ? -1 : 1));
  }
}

/** One sentence per reason: `3 files of other kinds (.gif 1, .jfif 1, .pgm 1)`. */
export function asideTexts(aside: readonly LeftAside[]): string[] {
  const of = (reason: LeftAside['reason']): LeftAside[] => aside.filter((each) => each.reason === reason);
  const total = (some: readonly LeftAside[]): number => some.reduce((sum, { count }) => sum + count, 0);
  const texts: string[] = [];
  const kinds = of('other kind');
  if (kinds.length > 0) {
    const each = kinds.map(({ what, count }) => `${what === '' ? 'no extension' : what} ${count}`);
    texts.push(
      `${plural(total(kinds), 'file of another kind', 'files of other kinds')} (${each.join(', ')})`,
    );
  }
  const outputs = of('own output');
  if (outputs.length > 0) {
    const each = outputs.map(({ what, examples, count }) => {
      const more = count > examples.length ? ` and ${count - examples.length} more` : '';
      return `${what}: ${examples.join(', ')}${more}`;
    });
    texts.push(`output of medgan (${each.join('; ')})`);
  }
  const system = of('system folder');
  if (system.length > 0) {
    const each = system.map(({ what, count }) => `${what} ${count}`);
    texts.push(
      `${plural(total(system), 'folder', 'folders')} of thumbnails or deleted files (${each.join(', ')})`,
    );
  }
  const beside = total(of('beside class folders'));
  if (beside > 0) texts.push(`${plural(beside, 'image', 'images')} beside the class folders`);
  const links = of('broken link');
  if (links.length > 0) {
    const examples = links.flatMap((each) => each.examples).slice(0, EXAMPLES);
    const more = total(links) > examples.length ? ' …' : '';
    texts.push(
      `${plural(total(links), 'broken symbolic link', 'broken symbolic links')} (${examples.join(', ')}${more})`,
    );
  }
  return texts;
}

/** Warns in one line of what was not taken. */
export function warnOfLeftAside(
  who: string,
  aside: readonly LeftAside[],
  { onWarning }: Pick<DatasetContext, 'onWarning'>,
): void {
  if (aside.length > 0) onWarning?.(`${who}: left aside: ${asideTexts(aside).join('; ')}`);
}
