import { defined, MedganError } from '@medgan/files';
import { nearest, validateOptions, type Fault } from '@medgan/plugin-api';
import { configOf, decided, layer, overrideLayer } from './control-layers.ts';
import { refuseContinuations } from './continuation.ts';
import type { Configuration, ControlKeys } from './experiment-schema.ts';
import type { Experiment } from './experiment.ts';
import { refuseEqual, refuseFaulty, refuseVaried } from './refuse-trials.ts';
import type { ConfigurationName, Study, Trial } from './study.ts';
import { canonicalJson } from './trial-identity.ts';
import { trialId, trialLabel } from './trial-names.ts';
import { pointsOf, type Point } from './vary.ts';

/** What the registry does not know of control files. */
export interface ControlRules {
  /**
   * Fills in what a file leaves to the machine, such as the data folder. `fileOf` says in which file a key was written:
   * the study's, or one that it extends.
   */
  complete?(config: ControlKeys, fileOf: (key: string) => string): ControlKeys;
  /** What keeps a config from being run; paths are those of a control file. */
  validate(config: ControlKeys): readonly Fault[];
}

/** What a study is expanded with. */
export interface ExpandOptions {
  readonly control: ControlRules;
  /** Default `quick`. */
  readonly configuration?: string;
  /** `--set key=value`: over everything in the file. */
  readonly overrides?: ControlKeys;
  /** `--seeds`: in place of the file's. */
  readonly seeds?: readonly number[];
}

/** What is run where no configuration is named. */
export const DEFAULT_CONFIGURATION: ConfigurationName = 'quick';

/**
 * Makes the trials of an experiment, in the order of the file, seeds innermost.
 * @throws MedganError for an unknown configuration, a `--set` of what is varied, equal trials, and one that lists every
 * fault of every trial: no trial starts before all are right.
 */
export function expandExperiment(experiment: Experiment, options: ExpandOptions): Study {
  const name = configurationName(experiment, options.configuration ?? DEFAULT_CONFIGURATION);
  const configuration: Configuration = experiment.configurations[name] ?? {};
  const { seed, ...overrides } = options.overrides ?? {};
  const asked = options.seeds ?? (seed === undefined ? undefined : [seedOf(seed)]);
  const seeds = asked ?? configuration.seeds ?? experiment.seeds;
  const vary = configuration.vary ?? experiment.vary ?? {};
  const points = pointsOf(vary, configuration.vary ? ['configurations', name, 'vary'] : ['vary']);
  refuseVaried(points, overrides);

  const common = [
    ...layer(experiment.base, ['base']),
    ...layer(configuration.base ?? {}, ['configurations', name, 'base']),
  ];
  const drafts = points.flatMap((point) =>
    seeds.map((each) => {
      const assignments = [...common, ...point.also, ...point.settings, ...overrideLayer(overrides)];
      const config = { ...configOf(assignments), seed: each };
      const fileOf = (key: string): string => {
        const origin = decided(assignments, [key])?.assignment.origin;
        return experiment.document.placeOf(origin && 'yaml' in origin ? origin.yaml : []).file;
      };
      const completed = options.control.complete?.(config, fileOf) ?? config;
      const names = namesOf(point, { seed: each, seeded: seeds.length > 1 });
      const row = experiment.published?.rows.find(
        ({ trial, when }) => (trial ?? names.group) === names.group && holds(when, completed),
      );
      const trial: Trial = {
        ...names,
        seed: each,
        config: completed,
        ...defined({ published: row }),
      };
      return { trial, assignments, path: point.path };
    }),
  );
  refuseEqual(experiment, drafts);
  const fallback = configuration.base ? ['configurations', name, 'base'] : ['base'];
  refuseFaulty(
    experiment,
    drafts.map((draft) => ({ ...draft, fallback, faults: options.control.validate(draft.trial.config) })),
  );
  refuseContinuations(experiment, drafts);
  return {
    name: name === DEFAULT_CONFIGURATION ? experiment.name : `${experiment.name}-${name}`,
    experiment,
    configuration: name,
    ...defined({ note: configuration.note }),
    overrides: options.overrides ?? {},
    trials: drafts.map(({ trial }) => trial),
    seeded: seeds.length > 1,
  };
}

type Names = Pick<Trial, 'id' | 'label' | 'group' | 'groupLabel' | 'continues' | 'settings'>;

function namesOf(point: Point, { seed, seeded }: { seed: number; seeded: boolean }): Names {
  const settings = Object.fromEntries(point.settings.map(({ key, value }) => [key.join('.'), value]));
  const setting = { settings, ...defined({ id: point.id }) };
  const { continues } = point;
  return {
    id: trialId({ ...setting, seed }),
    label: trialLabel(seeded ? { ...setting, seed } : setting),
    group: trialId(setting),
    groupLabel: trialLabel(setting),
    ...defined({ continues: continues && trialId({ settings: {}, id: continues, seed }) }),
    settings,
  };
}

function configurationName(experiment: Experiment, asked: string): ConfigurationName {
  const known = [...new Set([DEFAULT_CONFIGURATION, ...Object.keys(experiment.configurations)])];
  if (known.includes(asked)) return asked as ConfigurationName;
  const guess = nearest(asked, known);
  throw new MedganError(
    `${experiment.document.file} has no configuration ${JSON.stringify(asked)}; it has: ${known.join(', ')}`,
    {
      cure:
        guess === undefined
          ? `add ${asked}: under configurations:`
          : `did you mean ${JSON.stringify(guess)}?`,
    },
  );
}

const SEED = {
  type: 'object',
  required: ['seed'],
  properties: { seed: { type: 'integer', minimum: 0 } },
};

function seedOf(seed: unknown): number {
  const { value, faults } = validateOptions<{ seed: number }>(SEED, { seed });
  if (faults.length > 0) {
    throw new MedganError(`--set seed=${JSON.stringify(seed)}: ${faults[0]!.message}`, {
      cure: 'give a whole number from 0 on',
    });
  }
  return value.seed;
}

function holds(when: ControlKeys, config: ControlKeys): boolean {
  return Object.entries(when).every(([key, value]) => {
    const found = key
      .split('.')
      .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], config);
    return canonicalJson(found ?? null) === canonicalJson(value);
  });
}
