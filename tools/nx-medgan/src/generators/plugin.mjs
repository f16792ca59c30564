import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatFiles, logger } from '@nx/devkit';
import { format, resolveConfig } from 'prettier';
import { findPlugins } from '../catalogue/find-plugins.mjs';
import { exportName, writeCatalogue } from '../catalogue/write-catalogue.mjs';
import { camelCase, KINDS } from '../kinds.mjs';
import { assertExportsAreFree, assertPluginName } from './names.mjs';
import { writeTemplates } from './templates.mjs';

/** How a control file uses a plugin of each kind that can be scaffolded. */
const USES = {
  architecture: 'arch: NAME',
  objective: 'objective: NAME',
  dataset: 'dataset: NAME',
  augmentation: 'augment: [NAME]',
  metric: 'evaluate_every: 500, best_metric: NAME',
};

/** Kinds whose plugins lie in a folder of their own under `src/`. */
const FOLDERS = { dataset: '/datasets', augmentation: '/augmentations' };

/**
 * Writes a plugin that works, with its tests, into the package of its kind, and into the catalogue; or, with
 * `directory`, the plugin alone, as one file that can lie beside a control file anywhere.
 * @param {import('@nx/devkit').Tree} tree
 * @param {keyof typeof USES} kind
 * @param {{ name: string, directory?: string }} options `directory` is relative to the repository's root
 * @returns {Promise<import('@nx/devkit').GeneratorCallback>}
 * @throws when the name cannot be used, or a file is in the way
 */
export async function scaffoldPlugin(tree, kind, { name, directory }) {
  assertPluginName(kind, name, findPlugins(tree));
  const use = USES[kind].replace('NAME', name);
  if (directory === undefined) {
    const folder = writeInto(tree, kind, name);
    await formatFiles(tree);
    return nextSteps(`${folder}/${name}.ts`, `npx vitest run packages/${KINDS[kind].package}/`, use);
  }
  const to = relative(tree.root, resolve(tree.root, directory));
  const [path] = writeTemplates(tree, { from: `${kind}/single`, to }, { ...spellings(name), single: true });
  await formatAnywhere(tree, path);
  // Without a dot it would be the name of a package.
  const file = path.startsWith('.') ? path : `./${path}`;
  return nextSteps(file, `npx medgan plugins test ${file}`, `plugins: [./${name}.ts], ${use}`);
}

/**
 * Writes plugin and tests into the package of the kind, and has the package export them.
 * @param {import('@nx/devkit').Tree} tree
 * @param {keyof typeof USES} kind
 * @param {string} name
 * @returns {string} the folder of the plugin
 */
function writeInto(tree, kind, name) {
  const { package: home } = KINDS[kind];
  const { camelName } = spellings(name);
  // A metric exports its function beside the plugin.
  const functions = kind === 'metric' ? [camelName] : [];
  assertExportsAreFree(tree, home, [exportName({ kind, name }), ...functions]);
  const to = `packages/${home}/src${FOLDERS[kind] ?? ''}`;
  writeTemplates(tree, { from: `${kind}/package`, to }, { ...spellings(name), single: false });
  const index = `packages/${home}/src/index.ts`;
  for (const each of functions)
    tree.write(
      index,
      `${tree.read(index, 'utf8') ?? ''}export { ${each} } from './functional/${name}.ts';\n`,
    );
  writeCatalogue(tree);
  return to;
}

/**
 * Formats a file that may lie outside of the repository, where `formatFiles` refuses to go: as the folder has it, or as
 * we do.
 * @param {import('@nx/devkit').Tree} tree
 * @param {string} path
 */
async function formatAnywhere(tree, path) {
  const filepath = join(tree.root, path);
  const style = (await resolveConfig(filepath)) ?? (await resolveConfig(fileURLToPath(import.meta.url)));
  tree.write(path, await format(tree.read(path, 'utf8') ?? '', { ...style, filepath }));
}

/** @param {string} name */
function spellings(name) {
  const camelName = camelCase(name);
  return { name, camelName, className: camelName[0].toUpperCase() + camelName.slice(1) };
}

/** @param {string} path @param {string} test @param {string} use */
const nextSteps = (path, test, use) => () =>
  logger.info(`
It works. Now make it yours: ${path}
  hold it against its contract   ${test}
  use it in a control file       ${use}`);
