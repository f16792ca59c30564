import { basename } from 'node:path';
import ts from 'typescript';
import { KINDS } from '../kinds.mjs';

/**
 * A plugin as its file declares it.
 * @typedef {object} PluginFile
 * @property {string} path
 * @property {string} kind key of `KINDS`
 * @property {string} name
 * @property {readonly string[]} aliases
 * @property {string} summary
 * @property {string} reference
 * @property {string | undefined} optionsType the interface of its options, where the file exports it
 */

const kindOf = new Map(Object.entries(KINDS).map(([kind, { define }]) => [define, kind]));

/**
 * Reads the plugin off its source, without running it; undefined where the file's default export is none.
 * @param {string} path
 * @param {string} text
 * @returns {PluginFile | undefined}
 * @throws when a text of the plugin is computed, or its name is not the file's
 */
export function readPlugin(path, text) {
  if (!text.includes('export default define')) return undefined;
  const { statements } = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const call = statements.find(ts.isExportAssignment)?.expression;
  if (call === undefined || !ts.isCallExpression(call) || !ts.isIdentifier(call.expression)) return undefined;
  const kind = kindOf.get(call.expression.text);
  const [declared] = call.arguments;
  if (kind === undefined || declared === undefined || !ts.isObjectLiteralExpression(declared))
    return undefined;

  const valueOf = (/** @type {string} */ key) =>
    declared.properties
      .filter(ts.isPropertyAssignment)
      .find((property) => ts.isIdentifier(property.name) && property.name.text === key)?.initializer;
  const textOf = (/** @type {string} */ key) => plainText(valueOf(key), `${path}: ${key}`);

  const name = textOf('name');
  if (name !== basename(path, '.ts'))
    throw new Error(`${path}: the ${kind} calls itself "${name}"\n  cure: rename the file to ${name}.ts`);
  const aliases = valueOf('aliases');
  return {
    path,
    kind,
    name,
    aliases:
      aliases && ts.isArrayLiteralExpression(aliases)
        ? aliases.elements.map((alias) => plainText(alias, `${path}: aliases`))
        : [],
    summary: textOf('summary'),
    reference: textOf('reference'),
    optionsType: exportedOptions(statements, call.typeArguments?.[0]),
  };
}

/** @param {ts.Expression | undefined} node @param {string} what @returns {string} */
function plainText(node, what) {
  if (node && ts.isStringLiteralLike(node)) return node.text;
  throw new Error(
    `${what} is not a plain string\n  cure: write it out, for the catalogue is made without running the plugin`,
  );
}

/**
 * @param {readonly ts.Statement[]} statements
 * @param {ts.TypeNode | undefined} type
 * @returns {string | undefined}
 */
function exportedOptions(statements, type) {
  if (!type || !ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName)) return undefined;
  const { text } = type.typeName;
  const isExported = statements.some(
    (statement) =>
      (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) &&
      statement.name.text === text &&
      statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword),
  );
  return isExported ? text : undefined;
}
