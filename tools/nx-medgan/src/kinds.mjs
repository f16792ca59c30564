import { tsImport } from 'tsx/esm/api';

const { PLUGIN_KINDS } = await tsImport('../../../packages/plugin-api/src/kinds.ts', import.meta.url);

/**
 * Where the built-in plugins of a kind live, and under which name a package exports them.
 * @typedef {object} Kind
 * @property {string} define function of `@medgan/plugin-api` that declares one
 * @property {string} package folder under `packages/`
 * @property {string} suffix put behind the plugin's name in its export
 * @property {string} heading in the catalogue
 */

/** The generator of pair metrics is called `metric`; the other kinds go by their titles. */
const nameOf = (/** @type {string} */ title) => (title === 'pair metric' ? 'metric' : title);

/** Kinds that have built-in plugins. @type {Readonly<Record<string, Kind>>} */
export const KINDS = Object.fromEntries(
  Object.values(PLUGIN_KINDS).flatMap(({ title, catalogue }) =>
    catalogue === undefined ? [] : [[nameOf(title), catalogue]],
  ),
);

/** Packages that have plugins. */
export const PACKAGES = [...new Set(Object.values(KINDS).map((kind) => kind.package))];

/** `my-gan` → `myGan`. @param {string} name */
export const camelCase = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
