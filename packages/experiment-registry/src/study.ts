import type { ControlKeys, PublishedRow } from './experiment-schema.ts';
import type { Experiment } from './experiment.ts';

/** One training run of a study. */
export interface Trial {
  /**
   * Folder name, stable as long as setting and seed are: `batch-size-128`, `batch-size-128-seed-1`. Seed 0 goes without
   * saying, so that a study run with more seeds later finds its first one.
   */
  readonly id: string;
  /** For people: `batch_size 128`, with the seed where there are several. */
  readonly label: string;
  /** The setting without its seed, `batch-size-128`: trials of one group are averaged over their seeds. */
  readonly group: string;
  /** For people: `batch_size 128`. */
  readonly groupLabel: string;
  /** Id of the trial of the same seed whose end is this one's beginning: it trains on, and is not trained anew. */
  readonly continues?: string;
  /** The varied keys, in the order of the file. */
  readonly settings: ControlKeys;
  readonly seed: number;
  /** A whole control file, `out` and `run` apart. */
  readonly config: ControlKeys;
  /** What was published for these settings. */
  readonly published?: PublishedRow;
}

/** An experiment in one configuration: what is run. */
export interface Study {
  /** Folder of the study: the experiment's name, followed by the configuration's unless it is the default one. */
  readonly name: string;
  readonly experiment: Experiment;
  readonly configuration: ConfigurationName;
  readonly note?: string;
  /** What the command line laid over the file. */
  readonly overrides: ControlKeys;
  readonly trials: readonly Trial[];
  /** Several seeds: the tables name them. */
  readonly seeded: boolean;
}

/** Name of one of a study's configurations: `quick`, `paper`. */
export type ConfigurationName = keyof Experiment['configurations'];
