import { spawnSync } from 'node:child_process';
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, placeOf, type Block } from './pages.ts';

const TSX = pathToFileURL(join(ROOT, 'node_modules/tsx/dist/esm/index.mjs')).href;

/** Runs TypeScript of a page, with what is given before it, as a module in a folder. */
export function runSnippet(
  block: Block,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): { readonly status: number | null; readonly stderr: string } {
  if (!existsSync(join(folder, 'node_modules'))) {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const file = join(folder, `${placeOf(block).replace(/\W+/g, '-')}.ts`);
  writeFileSync(file, `${block.marks.given ?? ''}\n${block.text}\n`);
  const args = ['--conditions=@medgan/source', '--import', TSX, file];
  const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } } as const;
  const { status, stderr } = spawnSync(process.execPath, args, options);
  return { status, stderr };
}
