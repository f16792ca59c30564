import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize, resolve } from 'node:path';
import type { MedganError } from '@medgan/files';
import { nearest } from '@medgan/plugin-api';
import { faultsError } from './yaml/check-yaml.ts';
import { parseYaml, type Place, type PlacedDocument, type YamlDocument } from './yaml/parse-yaml.ts';

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What varies is one thing: half of a grid and half of another would be a study that nobody wrote. */
const isWhole = (key: string): boolean => key === 'vary';

/**
 * Lays a file over the one that its `extends:` names (relative to it), and that one over its own. Mappings are merged
 * key by key, where the extending file's keys come last; lists, plain values and `vary` are replaced.
 * @throws MedganError, with the line of the `extends:`, for a file that cannot be read or extends itself.
 */
export function withExtended(document: YamlDocument): PlacedDocument {
  const chain = chainOf(document);
  if (chain.length === 1) return document;
  const value = chain.map((each) => each.value as Mapping).reduceRight((under, over) => merged(over, under));
  const { extends: _, ...rest } = value;
  return { file: document.file, value: rest, placeOf: (path) => placeIn(chain, path) };
}

/** The document, what it extends, what that extends, and so on. */
function chainOf(document: YamlDocument): YamlDocument[] {
  const chain = [document];
  for (;;) {
    const last = chain.at(-1)!;
    if (!isMapping(last.value) || last.value['extends'] === undefined) return chain;
    const refuse = (message: string, cure: string): MedganError =>
      faultsError(last, [{ path: ['extends'], message, cure }]);
    const target = last.value['extends'];
    if (typeof target !== 'string' || target === '') {
      throw refuse('must be a file', 'write extends: ./base/common.yaml');
    }
    const file = join(dirname(last.file), normalize(target));
    const files = chain.map((each) => each.file);
    if (files.some((each) => resolve(each) === resolve(file))) {
      throw refuse(`goes in a circle: ${[...files, file].join(' → ')}`, 'let one of them extend nothing');
    }
    const next = parseYaml(textOf(file, refuse), file);
    if (!isMapping(next.value)) throw refuse(`${file} holds no keys`, 'write `key: value` lines into it');
    chain.push(next);
  }
}

function textOf(file: string, refuse: (message: string, cure: string) => MedganError): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw refuse(`${file} cannot be read`, cureOf(file));
  }
}

function cureOf(file: string): string {
  try {
    const guess = nearest(basename(file), readdirSync(dirname(file)));
    if (guess !== undefined) return `did you mean ${guess}?`;
  } catch {
    // No folder, no names to propose.
  }
  return 'the path is relative to the file that extends';
}

function merged(over: Mapping, under: Mapping): Mapping {
  const result = new Map(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const below = result.get(key);
    // Last, as `labels.real` written here must come after a `labels` written below.
    result.delete(key);
    result.set(key, !isWhole(key) && isMapping(value) && isMapping(below) ? merged(value, below) : value);
  }
  return Object.fromEntries(result);
}

/** The place of what `merged` took: in the first file of the chain that has it and hides those behind it. */
function placeIn(chain: readonly YamlDocument[], path: readonly string[]): Place {
  let seen = chain.map((document) => ({ document, value: document.value }));
  for (const key of path) {
    const holders = seen.flatMap(({ document, value }) =>
      isMapping(value) && Object.hasOwn(value, key) ? [{ document, value: value[key] }] : [],
    );
    if (holders.length === 0) break;
    const end = isWhole(key) ? 0 : holders.findIndex(({ value }) => !isMapping(value));
    seen = end === -1 ? holders : holders.slice(0, Math.max(1, end));
    if (!isMapping(seen[0]!.value)) break;
  }
  return seen[0]!.document.placeOf(path);
}
