import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files that a page of the docs asks its reader to write. */
export function recipesOf(page: string): { readonly name: string; readonly text: string }[] {
  const text = readFileSync(join(import.meta.dirname, '..', page), 'utf8');
  return [...text.matchAll(/Write `([\w.-]+)`:\n\n( *)```\w+\n(.*?)\n *```/gs)].map(
    ([, name, indent, code]) => ({
      name: name!,
      text: code!
        .split('\n')
        .map((line) => line.slice(indent!.length))
        .join('\n'),
    }),
  );
}
