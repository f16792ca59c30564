import { formatFiles } from '@nx/devkit';
import { writeCatalogue } from '../catalogue/write-catalogue.mjs';

/**
 * Makes the lists of built-in plugins anew.
 * @param {import('@nx/devkit').Tree} tree
 */
export async function remakeCatalogue(tree) {
  writeCatalogue(tree);
  await formatFiles(tree);
}
