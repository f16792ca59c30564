import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { MedganError } from '@medgan/files';
import { nearest, validateOptions, type Fault } from '@medgan/plugin-api';
import { EXPERIMENT_SCHEMA, type ExperimentFile, type Published, type Vary } from './experiment-schema.ts';
import { withExtended } from './extends.ts';
import { faultsError } from './yaml/check-yaml.ts';
import { parseYaml, type PlacedDocument } from './yaml/parse-yaml.ts';

/** A study, checked against the schema; its trials are not made yet (see `expandExperiment`). */
export interface Experiment extends ExperimentFile {
  /** The file's name without its ending, kebab-case: also the Nx target and the folder of its runs. */
  readonly name: string;
  /** The file, laid over those that it extends. */
  readonly document: PlacedDocument<ExperimentFile>;
}

const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Reads an experiment file. @throws MedganError as `parseExperiment`, and when there is no such file. */
export function readExperiment(file: string): Experiment {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw missing(file, cause);
  }
  return parseExperiment(text, file);
}

function missing(file: string, cause: unknown): MedganError {
  let known: string[] = [];
  try {
    known = readdirSync(dirname(file)).filter((name) => extname(name) === '.yaml');
  } catch {
    // No folder, no names to propose.
  }
  const guess = nearest(
    basename(file, '.yaml'),
    known.map((name) => basename(name, '.yaml')),
  );
  const names = known.length > 0 ? `; there are: ${known.sort().join(', ')}` : '';
  return new MedganError(`the experiment ${file} cannot be read${names}`, {
    cure: guess === undefined ? 'check the path' : `did you mean ${join(dirname(file), `${guess}.yaml`)}?`,
    cause,
  });
}

/**
 * Checks an experiment's text; `file` names it in errors and gives it its name.
 * @throws MedganError listing all faults with their lines.
 */
export function parseExperiment(text: string, file: string): Experiment {
  const name = basename(file, extname(file));
  if (!KEBAB_CASE.test(name)) {
    throw new MedganError(`experiment ${file}: the name ${JSON.stringify(name)} is not kebab-case`, {
      cure: 'rename the file: batch-size-sweep.yaml',
    });
  }
  const written = withExtended(parseYaml(text, file));
  const { value, faults } = validateOptions<ExperimentFile>(EXPERIMENT_SCHEMA, written.value);
  if (faults.length > 0) throw faultsError(written, faults);
  const document = { ...written, value };
  const more = faultsOf(value);
  if (more.length > 0) throw faultsError(document, more);
  return { ...document.value, name, document };
}

/** What the schema cannot say. */
function faultsOf(experiment: ExperimentFile): Fault[] {
  const faults = [
    ...givenFaults(experiment.base, ['base']),
    ...varyFaults(experiment.vary, ['vary']),
    ...repeatedSeeds(experiment.seeds, ['seeds']),
    ...(experiment.published ? publishedFaults(experiment.published) : []),
  ];
  for (const [key, configuration] of Object.entries(experiment.configurations)) {
    const path = ['configurations', key];
    faults.push(...givenFaults(configuration.base ?? {}, [...path, 'base']));
    faults.push(...varyFaults(configuration.vary, [...path, 'vary']));
    faults.push(...repeatedSeeds(configuration.seeds ?? [], [...path, 'seeds']));
  }
  return faults;
}

const FOLDER_FAULT = { message: 'a trial has a folder of its own', cure: 'remove it: --out says where' };

/** Keys of a control file that the study decides. */
const GIVEN: Readonly<Record<string, Omit<Fault, 'path'>>> = {
  seed: { message: 'an experiment has a list of seeds', cure: 'write seeds: [0] at the top' },
  out: FOLDER_FAULT,
  run: FOLDER_FAULT,
};

function givenFaults(keys: object, path: readonly string[]): Fault[] {
  return Object.keys(keys)
    .filter((key) => Object.hasOwn(GIVEN, key))
    .map((key) => ({ path: [...path, key], ...GIVEN[key]! }));
}

function repeatedSeeds(seeds: readonly number[], path: readonly string[]): Fault[] {
  return seeds.flatMap((seed, index) =>
    seeds.indexOf(seed) < index
      ? [{ path: [...path, String(index)], message: `seed ${seed} is given twice`, cure: 'remove one' }]
      : [],
  );
}

function varyFaults(vary: Vary | undefined, path: readonly string[]): Fault[] {
  if (!vary) return [];
  const kinds = Object.keys(vary);
  if (kinds.length !== 1) {
    const message = kinds.length === 0 ? 'says nothing' : `has ${kinds.join(' and ')}`;
    return [{ path, message, cure: 'give one of grid, zip, cases' }];
  }
  const faults = [vary.grid, vary.zip].flatMap((keys, index) =>
    givenFaults(keys ?? {}, [...path, index === 0 ? 'grid' : 'zip']),
  );
  const columns = Object.entries(vary.zip ?? {});
  const length = columns[0]?.[1].length;
  for (const [key, values] of columns) {
    if (values.length === length) continue;
    faults.push({
      path: [...path, 'zip', key],
      message: `has ${values.length} values where ${columns[0]![0]} has ${length}`,
      cure: 'give lists of one length',
    });
  }
  vary.cases?.forEach(({ id, set, also = {} }, index) => {
    const at = [...path, 'cases', String(index)];
    if (id !== undefined && !KEBAB_CASE.test(id)) {
      faults.push({ path: [...at, 'id'], message: 'is not kebab-case', cure: 'write it as batch-size-16' });
    }
    faults.push(...givenFaults(set, [...at, 'set']), ...givenFaults(also, [...at, 'also']));
    for (const key of Object.keys(also)) {
      if (!Object.hasOwn(set, key)) continue;
      faults.push({
        path: [...at, 'also', key],
        message: 'stands in set as well',
        cure: 'remove one of the two',
      });
    }
  });
  return faults;
}

function publishedFaults({ figures, rows }: Published): Fault[] {
  const known = Object.keys(figures);
  return rows.flatMap(({ trial, when, values }, index) => [
    ...(trial === undefined && Object.keys(when).length === 0
      ? [
          {
            path: ['published', 'rows', String(index)],
            message: 'belongs to no trial',
            cure: 'add when: {batch_size: 16}, or trial: <id of a case>',
          },
        ]
      : []),
    ...Object.keys(values)
      .filter((key) => !known.includes(key))
      .map((key) => {
        const guess = nearest(key, known);
        return {
          path: ['published', 'rows', String(index), 'values', key],
          message: 'is not described',
          cure:
            guess === undefined
              ? `add ${key} to published.figures`
              : `did you mean ${JSON.stringify(guess)}?`,
        };
      }),
  ]);
}
