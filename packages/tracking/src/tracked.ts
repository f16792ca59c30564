import type { DatasetInput, Labels, Metric, RunStatus } from 'mlflow-ts-client';
import type { TrackedModel } from './generator-model.ts';

/** A file of a run folder, and its place among the artifacts of the tracked run. */
export interface TrackedFile {
  /** Absolute path. */
  readonly from: string;
  /** Path among the artifacts, with `/`. */
  readonly to: string;
  /** A grid of samples, which MLflow shows as an image of this step. */
  readonly image?: { readonly key: string; readonly step: number };
}

/** What a run or study folder says now, in MLflow's terms. The folder is the truth; this is read from it anew each time. */
export interface Tracked {
  /** Absolute path of the folder. */
  readonly dir: string;
  readonly name: string;
  readonly status: RunStatus;
  /** Milliseconds since the Unix epoch. */
  readonly startTime: number;
  /** The time of the last thing that happened in it. */
  readonly endTime: number;
  /** Settings, flattened: `sizes.imageSize`. */
  readonly params: Labels;
  readonly tags: Labels;
  readonly dataset?: DatasetInput;
  readonly files: readonly TrackedFile[];
  /** `log.jsonl`, with the figures of every step; a study has none. */
  readonly log?: string;
  /** Figures of an evaluation after training. */
  readonly figures: readonly Metric[];
  /** Load of the machine while it trained, one line per sample; absent where it is not asked for. */
  readonly system?: string;
  /** Of a finished run that asks for it. */
  readonly model?: TrackedModel;
}
