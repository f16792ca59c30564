import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { ROOT } from './pages.ts';

const SOURCES = join(ROOT, 'packages/layers/src');

const parse = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(join(SOURCES, file), 'utf8'), ts.ScriptTarget.Latest, true);

/** What `@medgan/layers` exports, with the file that declares it. */
function exportedLayers(): { name: string; file: string }[] {
  return parse('index.ts').statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier || !statement.exportClause)
      return [];
    const file = (statement.moduleSpecifier as ts.StringLiteral).text;
    if (!ts.isNamedExports(statement.exportClause)) return [];
    return statement.exportClause.elements.map(({ name }) => ({ name: name.text, file }));
  });
}

const textOf = (node: ts.Node | undefined): string => node?.getText() ?? 'void';

const parametersOf = ({ parameters }: ts.SignatureDeclaration): string =>
  parameters
    .map(({ name, type, initializer }) => {
      const inferred = initializer && ts.isNumericLiteral(initializer) ? 'number' : textOf(type);
      const label = ts.isIdentifier(name) ? name.text : 'spec';
      return `${label}${initializer ? '?' : ''}: ${inferred}`;
    })
    .join(', ');

function signature(node: ts.SignatureDeclaration, name: string): string {
  const generics = node.typeParameters ? `<${node.typeParameters.map(textOf).join(', ')}>` : '';
  return `function ${name}${generics}(${parametersOf(node)}): ${textOf(node.type)};`;
}

/** The declaration without its body; comments of fields stay. */
function declarationOf({ name, file }: { name: string; file: string }): string {
  for (const statement of parse(file).statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name?.text === name)
      return signature(statement, name);
    if (
      (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) &&
      statement.name.text === name
    )
      return textOf(statement).replace(/^export /, '');
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name: variable, type, initializer } of statement.declarationList.declarations) {
      if (textOf(variable) !== name) continue;
      if (initializer && ts.isArrowFunction(initializer) && !type) return signature(initializer, name);
      return `const ${name}: ${textOf(type)};`;
    }
  }
  throw new Error(`${name} is not declared in ${file}`);
}

it('docs/plugins.md has the signature of every layer, as the sources declare it', async () => {
  const layers = exportedLayers();
  expect(layers.map(({ name }) => name)).toContain('batchNorm');
  const options = { parser: 'typescript', singleQuote: true, printWidth: 110, trailingComma: 'all' } as const;
  const expected = await format(layers.map(declarationOf).join('\n'), options);
  const page = readFileSync(join(ROOT, 'docs/plugins.md'), 'utf8');
  const [, block] = /## Layers\n[^]*?```ts\n([^]*?)```/.exec(page) ?? [];
  expect(block).toBe(expected);
});
