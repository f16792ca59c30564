import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, it } from 'vitest';

const REPOSITORY = join(import.meta.dirname, '..');
const text = (file: string): string => readFileSync(join(REPOSITORY, file), 'utf8');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const MANIFESTS = [
  ...readdirSync(join(REPOSITORY, 'packages')).map((name) => `packages/${name}/package.json`),
  'tools/nx-medgan/package.json',
].map((file) => [file, JSON.parse(text(file)) as Manifest] as const);
const { version } = JSON.parse(text('package.json')) as Manifest;

it('everything that is released has the version of the workspace, and asks for exactly that of the others', () => {
  const ours = new Set(MANIFESTS.map(([, { name }]) => name));
  const wrong = MANIFESTS.flatMap(([file, manifest]) => {
    const { dependencies, devDependencies, peerDependencies } = manifest;
    const asked = Object.entries({ ...devDependencies, ...peerDependencies, ...dependencies });
    return [
      ...(manifest.version === version ? [] : [`${file}: is ${manifest.version}, the workspace ${version}`]),
      ...asked.flatMap(([name, range]) =>
        !ours.has(name) || range === version ? [] : [`${file}: asks for ${name} ${range}, not ${version}`],
      ),
    ];
  });
  expect(wrong).toEqual([]);
});

it('CITATION.cff names the version of the workspace', () => {
  expect(load(text('CITATION.cff'))).toHaveProperty('version', version);
});
