import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const REPOSITORY = join(import.meta.dirname, '..');
const BUDGETS_FILE = 'e2e/tarball-budgets.json';

/** Most that a package may weigh. Raised on purpose only, in the commit that needs it. */
interface Budget {
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly files: number;
}

/** What `npm pack --json` says of a package. */
interface Tarball {
  readonly name: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly entryCount: number;
  readonly files: readonly { readonly path: string }[];
}

const budgets = JSON.parse(readFileSync(join(REPOSITORY, BUDGETS_FILE), 'utf8')) as Record<string, Budget>;
/** Folder of each package, by its name. */
const folderOf = (name: string): string => `packages/${name.replace('@medgan/', '')}`;

let tarballs: Tarball[];
beforeAll(async () => {
  const workspaces = Object.keys(budgets).flatMap((name) => ['--workspace', folderOf(name)]);
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', ...workspaces], {
    cwd: REPOSITORY,
    maxBuffer: 1 << 26,
  });
  tarballs = JSON.parse(stdout) as Tarball[];
}, 300_000);

/** What lies in a tarball and helps nobody who installs it, with the cure. */
function unwanted({ name, files }: Tarball): string[] {
  return files.flatMap(({ path }) => {
    if (/\.(test|testing|test-cases)\.|__fixtures__|\.map$|\.tsbuildinfo$|^(src|test)\//.test(path))
      return [
        `${name} packs ${path}: exclude it by files of its package.json, or in its tsconfig.build.json`,
      ];
    if (/^(dist|bin|assets)\/|^(package\.json|README\.md|LICENSE)$/.test(path)) {
      const [, stem] = /^dist\/(.*?)(?:\.d\.ts|\.js)$/.exec(path) ?? [];
      const built = stem === undefined || existsSync(join(REPOSITORY, folderOf(name), `src/${stem}.ts`));
      return built
        ? []
        : [`${name} packs ${path}, whose source is gone: rm -rf packages/*/dist && npm run build`];
    }
    return [`${name} packs ${path}: name in files of its package.json only what is needed`];
  });
}

function excess({ name, size, unpackedSize, entryCount }: Tarball): string[] {
  const budget = budgets[name]!;
  const measured: Budget = { packedBytes: size, unpackedBytes: unpackedSize, files: entryCount };
  return (Object.keys(measured) as (keyof Budget)[]).flatMap((what) =>
    measured[what] <= budget[what]
      ? []
      : [
          `${name}: ${what} are ${measured[what]}, the budget is ${budget[what]}: ` +
            `ship less, or raise it in ${BUDGETS_FILE} and say why in the commit`,
        ],
  );
}

describe('what would be published', () => {
  it('is built', () => {
    const missing = tarballs.filter(({ files }) => !files.some(({ path }) => path === 'dist/index.js'));
    expect(missing.map(({ name }) => `${name} has no dist: npm run build`)).toEqual([]);
  });

  it('holds nothing that only its authors need', () => {
    expect(tarballs.flatMap(unwanted)).toEqual([]);
  });

  it('comes with its licence and its README', () => {
    const missing = tarballs.flatMap(({ name, files }) =>
      ['LICENSE', 'README.md']
        .filter((file) => !files.some(({ path }) => path === file))
        .map((file) => `${name} has no ${file}`),
    );
    expect(missing).toEqual([]);
    const licence = readFileSync(join(REPOSITORY, 'LICENSE'), 'utf8');
    const others = tarballs.filter(
      ({ name }) => readFileSync(join(REPOSITORY, folderOf(name), 'LICENSE'), 'utf8') !== licence,
    );
    expect(others.map(({ name }) => `${name}: its LICENSE is not the repository's`)).toEqual([]);
  });

  it('keeps to its budget of bytes and files', () => {
    expect(tarballs.flatMap(excess)).toEqual([]);
  });
});
