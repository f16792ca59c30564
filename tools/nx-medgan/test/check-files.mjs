// node check-files.mjs <file…>, in the repository's root: types, lint and format of these files alone. Says what is wrong.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ESLint } from 'eslint';
import { check, getFileInfo, resolveConfig } from 'prettier';
import ts from 'typescript';

const files = process.argv.slice(2);
const sources = files.filter((file) => file.endsWith('.ts')).map((file) => resolve(file));
const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
const declarations = ts.sys
  .readDirectory('packages', ['.d.ts'], ['**/node_modules', '**/dist'])
  .map((file) => resolve(file));
// One program for both: the compiler and the linter would each make one of the whole repository.
const program = ts.createProgram([...sources, ...declarations], options);

for (const file of sources) {
  const source = program.getSourceFile(file);
  for (const { start, messageText } of [
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
  ]) {
    const { line } = source.getLineAndCharacterOfPosition(start ?? 0);
    fault(`${file}:${line + 1}`, ts.flattenDiagnosticMessageText(messageText, '\n'));
  }
}

const eslint = new ESLint({
  overrideConfig: {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { project: null, programs: [program] } },
  },
});
for (const { filePath, messages } of await eslint.lintFiles(sources))
  for (const { line, message } of messages) fault(`${filePath}:${line}`, message);

for (const file of files) {
  const { inferredParser } = await getFileInfo(file);
  const style = { ...(await resolveConfig(file)), parser: inferredParser };
  if (!(await check(readFileSync(file, 'utf8'), style))) fault(file, 'is not formatted');
}

function fault(where, what) {
  process.exitCode = 1;
  process.stdout.write(`${where}: ${what}\n`);
}
