import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { ROOT, placeOf, readPages, type Block } from './pages.ts';

/** A module that a reader of a snippet has written before, as `packages/testing/README.md` has it. */
const BESIDE = {
  'my-gan.ts':
    "import type { Architecture } from '@medgan/plugin-api';\nexport default null! as Architecture;\n",
};

const snippets = readPages()
  .flatMap((page) => page.blocks)
  .filter(({ language, marks }) => language === 'ts' && marks.notRun === undefined);

const fileOf = (block: Block): string =>
  join(import.meta.dirname, `${placeOf(block).replace(/\W+/g, '-')}.snippet.ts`);

/** What TypeScript says of the snippets, as if they lay in this folder. */
function complaints(): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT, {
    noUnusedLocals: false,
    noUnusedParameters: false,
  });
  const texts = new Map([
    ...snippets.map(
      (block) => [fileOf(block), `${block.marks.given ?? ''}\n${block.text}\nexport {};\n`] as const,
    ),
    ...Object.entries(BESIDE).map(([name, text]) => [join(import.meta.dirname, name), text] as const),
  ]);
  const host = ts.createCompilerHost(options);
  const [fileExists, readFile] = [host.fileExists.bind(host), host.readFile.bind(host)];
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  const program = ts.createProgram(snippets.map(fileOf), options, host);
  return snippets.flatMap((block) => {
    const source = program.getSourceFile(fileOf(block));
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${placeOf(block)}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
  });
}

it('TypeScript in the docs is right by its types', { timeout: 120_000 }, () => {
  expect(snippets.length).toBeGreaterThan(8);
  expect(complaints()).toEqual([]);
});
