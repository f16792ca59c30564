import { PACKAGES } from '../kinds.mjs';
import { readPlugin } from './read-plugin.mjs';

/**
 * Every plugin of the repository, by path.
 * @param {import('@nx/devkit').Tree} tree
 * @returns {import('./read-plugin.mjs').PluginFile[]}
 */
export function findPlugins(tree) {
  return PACKAGES.flatMap((name) => sourcesIn(tree, `packages/${name}/src`)).flatMap(
    (path) => readPlugin(path, tree.read(path, 'utf8') ?? '') ?? [],
  );
}

/** @param {import('@nx/devkit').Tree} tree @param {string} folder @returns {string[]} */
function sourcesIn(tree, folder) {
  return tree
    .children(folder)
    .sort()
    .flatMap((child) => {
      const path = `${folder}/${child}`;
      if (!tree.isFile(path)) return sourcesIn(tree, path);
      return /(?<!\.test|\.testing)\.ts$/.test(child) ? [path] : [];
    });
}
