import type { OptionsSchema } from '@medgan/plugin-api';

/** Keys of a control file with their values; a dotted key (`labels.real`) reaches into a nested one. */
export type ControlKeys = Readonly<Record<string, unknown>>;

/** One explicitly written trial. */
export interface Case {
  /** Folder name of the trial; default: made of `set`. */
  readonly id?: string;
  /** Id of the case that this one trains on from: it differs in `num_epochs` or `max_steps` only, and is longer. */
  readonly continues?: string;
  /** What this trial stands for: shown in the tables, part of its name. */
  readonly set: ControlKeys;
  /** Keys that go along with it and are not what is compared. */
  readonly also?: ControlKeys;
}

/** What differs between the trials; exactly one of the three. */
export interface Vary {
  /** Every combination of the values. */
  readonly grid?: Readonly<Record<string, readonly unknown[]>>;
  /** The first values together, the second values together, and so on. */
  readonly zip?: Readonly<Record<string, readonly unknown[]>>;
  readonly cases?: readonly Case[];
}

/** One way to run a study. */
export interface Configuration {
  /** What a reader of the results must know of it. */
  readonly note?: string;
  /** Laid over the experiment's base. */
  readonly base?: ControlKeys;
  /** In place of the experiment's. */
  readonly vary?: Vary;
  /** In place of the experiment's. */
  readonly seeds?: readonly number[];
}

/** A published quantity: how to print it and which direction is better. */
export interface PublishedFigure {
  readonly name: string;
  readonly unit?: string;
  readonly better: 'higher' | 'lower';
  /** Decimals it is printed with. */
  readonly digits?: number;
  readonly note?: string;
}

/** Published values of the trial that is called `trial` and whose config has all of `when`. */
export interface PublishedRow {
  /** Id of a case; default: any trial. */
  readonly trial?: string;
  readonly when: ControlKeys;
  readonly values: Readonly<Record<string, number>>;
  /** Why these figures are taken as this trial's, where the source does not say so: shown as our assumption. */
  readonly assumed?: string;
}

/** What was published on the question, and what its source leaves open. */
export interface Published {
  readonly source: string;
  readonly data?: string;
  /** What the source says of the setting, fact by fact. */
  readonly stated: readonly string[];
  /** What it shows where it prints no figures. */
  readonly shown?: string;
  readonly conclusion?: string;
  /** What the result was used for. */
  readonly use?: string;
  /** By key: `psnr`, `ssim`, …, the names of our metrics. */
  readonly figures: Readonly<Record<string, PublishedFigure>>;
  readonly rows: readonly PublishedRow[];
  readonly open: readonly { readonly what: string; readonly assumed: string }[];
}

/** A launcher and its options, as a study names them. */
export interface StudyLauncher {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** An experiment file, defaults filled in. */
export interface ExperimentFile {
  readonly title: string;
  readonly question: string;
  readonly base: ControlKeys;
  readonly vary?: Vary;
  readonly seeds: readonly number[];
  /** Where its trials run, unless the command line says otherwise. */
  readonly launcher?: StudyLauncher;
  readonly published?: Published;
  readonly configurations: { readonly quick?: Configuration; readonly paper?: Configuration };
}

const text = { type: 'string', minLength: 1 } as const;
const closed = (properties: Record<string, object>, required: readonly string[] = []): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const described = (description: string, schema: object): object => ({ ...schema, description });

/** What an experiment file's schema says of control-file keys, of which the registry itself knows none. */
export interface ControlParts {
  /** A mapping of keys to values. */
  readonly control: object;
  /** A mapping of keys to lists of values. */
  readonly varied: object;
}

const ANY_CONTROL: ControlParts = {
  control: { type: 'object' },
  varied: { type: 'object', additionalProperties: { type: 'array', minItems: 1 } },
};

/** The schema of an experiment file. */
export function experimentSchema({ control, varied }: ControlParts = ANY_CONTROL): OptionsSchema {
  const values = (description: string): object => described(description, { ...varied, minProperties: 1 });
  const seeds = (rest: object): object => ({
    type: 'array',
    items: { type: 'integer', minimum: 0 },
    minItems: 1,
    description: 'every trial is run once with each seed',
    ...rest,
  });
  const vary = closed({
    grid: values('every combination of the values: {batch_size: [128, 64, 16]}'),
    zip: values('the first values together, the second values together, …: lists of one length'),
    cases: {
      type: 'array',
      minItems: 1,
      description: 'the trials one by one',
      items: closed(
        {
          id: { ...text, description: "the trial's folder; default: made of set" },
          continues: {
            ...text,
            description:
              'id of the case this one trains on from: the same but for a larger num_epochs or max_steps',
          },
          set: described('what this trial stands for: shown in the tables', {
            ...control,
            minProperties: 1,
          }),
          also: described('keys that go along and are not what is compared', control),
        },
        ['set'],
      ),
    },
  });
  const base = described('control-file keys of all trials; labels.real reaches into labels', control);
  const configuration = (description: string): object =>
    described(
      description,
      closed({
        note: { ...text, description: 'what a reader of the results must know' },
        base: described("laid over the experiment's base", control),
        vary: described("in place of the experiment's", vary),
        seeds: seeds({}),
      }),
    );
  return {
    type: 'object',
    additionalProperties: false,
    required: ['title', 'question'],
    properties: {
      extends: {
        ...text,
        description: 'file that this one is laid over, relative to this one: ./base/common.yaml',
      },
      title: { ...text, description: 'a few words' },
      question: { ...text, description: 'what the study asks' },
      base: { ...base, default: {} },
      vary: described('what differs between the trials: grid, zip or cases; absent: a single trial', vary),
      seeds: seeds({ default: [0] }),
      launcher: described(
        'where the trials run, unless the command line says otherwise',
        closed(
          {
            name: { ...text, description: 'a launcher by its name, file or package: slurm' },
            options: { type: 'object', default: {}, description: 'as --launcher-option: {partition: gpu}' },
          },
          ['name'],
        ),
      ),
      published: publishedSchema(),
      configurations: described('ways to run it', {
        ...closed({
          quick: configuration('the default: minutes, on built-in data'),
          paper: configuration('the full setting of the published study'),
        }),
        default: {},
      }),
    },
  };
}

function publishedSchema(): object {
  const figure = closed(
    {
      name: { ...text, description: 'as printed: MS-GMSD' },
      unit: text,
      digits: { type: 'integer', minimum: 0, description: 'decimals it is printed with' },
      better: { enum: ['higher', 'lower'], description: 'the direction that is better' },
      note: text,
    },
    ['name', 'better'],
  );
  const row = closed(
    {
      trial: { ...text, description: 'id of the case it belongs to' },
      when: {
        type: 'object',
        default: {},
        description: 'control-file keys of the trial it belongs to',
      },
      values: { type: 'object', additionalProperties: { type: 'number' } },
      assumed: {
        ...text,
        description: "why these are taken as this trial's figures, where the source does not say so",
      },
    },
    ['values'],
  );
  const open = closed(
    {
      what: { ...text, description: 'what the source does not state' },
      assumed: { ...text, description: 'what we take instead: shown as our assumption' },
    },
    ['what', 'assumed'],
  );
  return described(
    'what was published, as printed',
    closed(
      {
        source: { ...text, description: 'where the figures stand' },
        data: text,
        stated: {
          type: 'array',
          items: text,
          default: [],
          description: 'what the source says of the setting, fact by fact',
        },
        shown: { ...text, description: 'what the source shows where it prints no figures: a grid of images' },
        conclusion: { ...text, description: "the source's own" },
        use: { ...text, description: 'what the result was used for' },
        figures: { type: 'object', additionalProperties: figure, default: {} },
        rows: { type: 'array', items: row, default: [] },
        open: { type: 'array', items: open, default: [] },
      },
      ['source'],
    ),
  );
}

/** The schema that experiment files are checked against. */
export const EXPERIMENT_SCHEMA = experimentSchema();
