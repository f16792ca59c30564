import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generateFiles, joinPathFragments } from '@nx/devkit';
import { refusal } from './names.mjs';

/**
 * Writes the templates of `files/<from>` into a folder.
 * @param {import('@nx/devkit').Tree} tree
 * @param {{ from: string, to: string }} folders `to` is relative to the root of the tree
 * @param {{ name: string } & Record<string, unknown>} substitutions
 * @returns {string[]} what was written
 * @throws when one of the files is there already
 */
export function writeTemplates(tree, { from, to }, substitutions) {
  const source = fileURLToPath(new URL(`files/${from}`, import.meta.url));
  const paths = readdirSync(source, { recursive: true })
    .filter((file) => file.endsWith('.template'))
    .map((file) =>
      joinPathFragments(to, file.replace('.template', '').replace('__name__', substitutions.name)),
    )
    .sort();
  const taken = paths.find((path) => tree.exists(path));
  if (taken !== undefined) throw refusal(`${taken} exists`, 'choose another name, or remove it');
  generateFiles(tree, source, to, substitutions);
  return paths;
}
