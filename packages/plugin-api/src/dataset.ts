import type { OptionsSchema } from './options.ts';
import type { Named } from './registry.ts';
import type { Rng } from './rng.ts';

/** How images are to come out. */
export interface ImageFormat {
  /** Pixels a side, after resizing the shorter side and cropping the centre. */
  readonly size: number;
  /** 1 (grey) or 3 (RGB). */
  readonly channels: 1 | 3;
}

/** Decoded images, one after the other. */
export interface PackedImages extends ImageFormat {
  readonly count: number;
  /** uint8, shape [count, size, size, channels], NHWC. */
  readonly pixels: Uint8Array;
  /** Class index of each image. */
  readonly labels: Uint16Array;
  /** Class names, in the order of their index. */
  readonly classes: readonly string[];
  /** Where each image came from: a path relative to the folder, or a generated name. */
  readonly names: readonly string[];
  /** sha256 (hex) over everything that decides the pixels: goes into every run. */
  readonly fingerprint: string;
  /** Files passed over on request, with the reason. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** What a dataset is told when it is opened. */
export interface DatasetContext {
  readonly format: ImageFormat;
  /** Names of the classes wanted; undefined = all. */
  readonly classes?: readonly string[];
  /** Use only this many images, chosen as `subsetOrder` says. */
  readonly subset?: number;
  /** `first`: in the order of their names; `seeded`: drawn by `rng`. */
  readonly subsetOrder: 'first' | 'seeded';
  readonly rng: Rng;
  /** Folder for decoded images kept between runs; undefined = keep nothing. */
  readonly cacheDir?: string;
  /** Decoder threads. */
  readonly workers: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Told, in one line, of what the user should know and the run can go on with. */
  readonly onWarning?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** A source of images. */
export interface Dataset<Options extends object = object> extends Named {
  readonly kind: 'dataset';
  readonly summary: string;
  readonly reference: string;
  readonly options: OptionsSchema;
  /** Where the data lives: `path` is a folder the user names, `none` is made by the plugin itself. */
  readonly source: 'path' | 'none';
  /** Options for the contract suite; a dataset of source `path` is given a folder made for it. */
  readonly tiny: Options;
  open(options: Options & { readonly path?: string }, context: DatasetContext): Promise<PackedImages>;
}

/** Declares a dataset plugin; the file's default export. */
export function defineDataset<Options extends object>(
  plugin: Omit<Dataset<Options>, 'kind'>,
): Dataset<Options> {
  return { kind: 'dataset', ...plugin };
}
