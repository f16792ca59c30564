import { names } from '@nx/devkit';
import ts from 'typescript';
import { exportedNames } from '../catalogue/exported-names.mjs';
import { camelCase } from '../kinds.mjs';

const KEBAB_CASE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** What a user can act on: what is wrong, and the cure. @param {string} message @param {string} cure */
export const refusal = (message, cure) => new Error(`[medgan] ${message}\n  cure: ${cure}`);

/** @param {string} what @param {string} name @throws unless it is kebab-case, naming the nearest that is */
export function assertKebabCase(what, name) {
  if (KEBAB_CASE.test(name)) return;
  const near = names(name.trim())
    .fileName.replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-$/g, '');
  throw refusal(
    `${what} cannot be called ${JSON.stringify(name)}: names are kebab-case`,
    KEBAB_CASE.test(near) ? `did you mean ${near}?` : 'use a name such as my-gan',
  );
}

/**
 * @param {string} kind key of `KINDS`
 * @param {string} name
 * @param {readonly import('../catalogue/read-plugin.mjs').PluginFile[]} plugins those there are
 * @throws when the name is not kebab-case, is TypeScript's, or is that of another plugin of the kind
 */
export function assertPluginName(kind, name, plugins) {
  assertKebabCase(`the ${kind}`, name);
  if (isKeyword(camelCase(name)))
    throw refusal(
      `the ${kind} cannot be called ${name}: that is a word of TypeScript`,
      `use ${name}-${kind}`,
    );
  const holder = plugins.find(
    (plugin) => plugin.kind === kind && [plugin.name, ...plugin.aliases].includes(name),
  );
  if (holder)
    throw refusal(
      `the ${kind} ${name} exists: ${holder.path}`,
      holder.name === name
        ? 'choose another name'
        : `choose another name; this one is an alias of ${holder.name}`,
    );
}

/**
 * @param {import('@nx/devkit').Tree} tree
 * @param {string} folder of the package, under `packages/`
 * @param {readonly string[]} wanted names it is to export
 * @throws when it exports one of them already
 */
export function assertExportsAreFree(tree, folder, wanted) {
  for (const path of ['catalogue.ts', 'index.ts'].map((file) => `packages/${folder}/src/${file}`)) {
    const exported = new Set(exportedNames(tree.read(path, 'utf8') ?? ''));
    const taken = wanted.find((name) => exported.has(name));
    if (taken !== undefined)
      throw refusal(`@medgan/${folder} exports a ${taken} already: ${path}`, 'choose another name');
  }
}

/** @param {string} word */
function isKeyword(word) {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, word);
  return scanner.scan() !== ts.SyntaxKind.Identifier;
}
