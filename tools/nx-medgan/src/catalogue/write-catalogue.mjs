import { camelCase, KINDS, PACKAGES } from '../kinds.mjs';
import { findPlugins } from './find-plugins.mjs';

const COMMAND = 'npx nx g @medgan/nx-medgan:catalogue';
/** The page that lists what is built in. */
const PAGE = 'docs/catalogue.md';

/** @typedef {import('./read-plugin.mjs').PluginFile} PluginFile */

/**
 * Writes what the plugin files say: `catalogue.ts` of every package that has plugins, and the page of the docs.
 * @param {import('@nx/devkit').Tree} tree
 */
export function writeCatalogue(tree) {
  const plugins = findPlugins(tree);
  for (const name of PACKAGES) {
    const folder = `packages/${name}/src/`;
    const own = plugins.filter(({ path }) => path.startsWith(folder));
    if (own.length > 0) tree.write(`${folder}catalogue.ts`, moduleOf(own, folder));
  }
  tree.write(PAGE, pageOf(plugins));
}

/** @param {Pick<PluginFile, 'kind' | 'name'>} plugin the name under which its package exports it */
export const exportName = ({ kind, name }) => camelCase(name) + KINDS[kind].suffix;

/** @param {readonly PluginFile[]} plugins @param {string} folder @returns {string} */
function moduleOf(plugins, folder) {
  const lines = plugins.map((plugin) => {
    const { path, optionsType } = plugin;
    const type = optionsType === undefined ? '' : `, type ${optionsType}`;
    return `export { default as ${exportName(plugin)}${type} } from './${path.slice(folder.length)}';\n`;
  });
  return `// Made from the plugins in this folder: ${COMMAND}\n${lines.join('')}`;
}

/** @param {readonly PluginFile[]} plugins @returns {string} */
function pageOf(plugins) {
  // Lists, not tables: a new plugin is one new line, and two that are added side by side merge.
  const sections = Object.entries(KINDS).map(([kind, { heading }]) => {
    const lines = plugins
      .filter((plugin) => plugin.kind === kind)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ path, name, aliases, summary, reference }) => {
        const also = aliases.map((alias) => `, \`${alias}\``).join('');
        return `- [\`${name}\`](../${path})${also}: ${summary}. ${reference}\n`;
      });
    return `## ${heading}\n\n${lines.join('')}`;
  });
  return `# Built-in plugins

<!-- Made from the plugins' files: ${COMMAND} -->

What a control file can name without \`plugins:\`. Options and defaults of each are in its file. Your own:
[plugins.md](plugins.md).

${sections.join('\n')}`;
}
