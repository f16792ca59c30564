import ts from 'typescript';

/** The names that a module exports by `export { … } from '…'`. @param {string} text @returns {string[]} */
export function exportedNames(text) {
  const { statements } = ts.createSourceFile('index.ts', text, ts.ScriptTarget.Latest);
  return statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)
      ? statement.exportClause.elements.map((element) => element.name.text)
      : [],
  );
}
