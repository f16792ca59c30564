import { readerOf, type BytePixels, type ImageReader } from './image-values.ts';
import type { OptionsSchema } from './options.ts';
import type { Named } from './registry.ts';
import type { Rng } from './rng.ts';

/** How images are to come out. */
export interface ImageFormat {
  /** Pixels per side, after resizing the shorter side and cropping the centre. */
  readonly size: number;
  /** 1 (grey) or 3 (RGB). */
  readonly channels: 1 | 3;
}

/** Decoded images of one format, read by index: from memory, or from a file where they are more than memory should hold. */
export interface PackedImages extends ImageFormat, Omit<ImageReader, keyof ImageFormat> {
  /** Gives back what is held open; nothing is read after it. More than one call does no harm. */
  close(): Promise<void>;
  /** Class index of each image. */
  readonly labels: Uint16Array;
  /** Class names, in the order of their index. */
  readonly classes: readonly string[];
  /** Where each image came from: a path relative to the folder, or a generated name. */
  readonly names: readonly string[];
  /** Lesion, patient or whatever images must not be split over, for each image; absent where nobody said. */
  readonly groups?: readonly string[];
  /** sha256 (hex) over everything that decides the pixels: goes into every run. */
  readonly fingerprint: string;
  /** Files passed over on request, with the reason. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** Images whose bytes are all in memory: `pixels` is uint8, NHWC [count, size, size, channels]. */
export function imagesInMemory({
  pixels,
  ...images
}: Omit<PackedImages, 'read' | 'close'> & Pick<BytePixels, 'pixels'>): PackedImages {
  const { read } = readerOf({ ...images, pixels });
  return { ...images, read, close: () => Promise.resolve() };
}

/** One part of the images, `train` for instance: drawn by fractions, or as a table written down. */
export type SplitRequest = { readonly part: string } & (
  | {
      /** Share of the images by part, in order: each in (0, 1), together 1. */
      readonly fractions: Readonly<Record<string, number>>;
      readonly seed: number;
    }
  | {
      /** Path of a CSV with the columns `file` and `split`, as `medgan data split` writes it. */
      readonly table: string;
    }
);

/** What a dataset is given when it is opened. */
export interface DatasetContext {
  readonly format: ImageFormat;
  /** Names of the classes wanted; undefined = all. */
  readonly classes?: readonly string[];
  /** Use only this part of the images, in which no group is that another part has; undefined = all. */
  readonly split?: SplitRequest;
  /** Use only this many images, of the part, chosen as `subsetOrder` says. */
  readonly subset?: number;
  /** `first`: in the order of their names; `seeded`: drawn by `rng`. */
  readonly subsetOrder: 'first' | 'seeded';
  readonly rng: Rng;
  /** Folder for decoded images kept between runs; undefined = keep nothing. */
  readonly cacheDir?: string;
  /** Bytes that folder may hold; what was not used for longest goes first. undefined = any number. */
  readonly cacheBytes?: number;
  /** Decoder threads. */
  readonly workers: number;
  /** Receives how many images are ready, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Receives, in one line, what the user should know and the run can go on with. */
  readonly onWarning?: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** What there is to train on, before a file is opened: image by image, in their order. */
export interface ListedImages extends Pick<PackedImages, 'names' | 'labels' | 'classes' | 'groups'> {
  /** Why files cannot be used, by name, where that is known without opening them. */
  readonly faults?: ReadonlyMap<string, string>;
  /** Folder that the names are paths from, where each image is a file that `decodeImage` of `@medgan/data` reads. */
  readonly root?: string;
}

/** A source of images. */
export interface Dataset<Options extends object = object> extends Named {
  readonly kind: 'dataset';
  readonly summary: string;
  readonly reference: string;
  readonly options: OptionsSchema;
  /** Where the data lives: `path` is a folder the user names, `none` is made by the plugin itself. */
  readonly source: 'path' | 'none';
  /** Whether `open` heeds the context's `split`; asked for a part, other datasets are refused. */
  readonly splittable?: boolean;
  /**
   * Options that are paths of files, such as tables. One that lies in the folder of images is handed over as it was
   * written; any other as an absolute path, so that the folder of the control file counts and a run finds it again.
   */
  readonly fileOptions?: readonly (keyof Options & string)[];
  /** Options for the contract suite; a dataset of source `path` is given a folder made for it. */
  readonly tiny: Options;
  /** Reads the images the context asks for, and packs them as bytes. */
  open(options: Options & { readonly path?: string }, context: DatasetContext): Promise<PackedImages>;
  /**
   * The images that `open` would give in the same context, were every file readable, without decoding any; for a dataset
   * that learns them much sooner so. Refuses what `open` refuses before it decodes.
   */
  list?(
    options: Options & { readonly path?: string },
    context: Omit<DatasetContext, 'format'>,
  ): Promise<ListedImages>;
}

/** Declares a dataset plugin; the file's default export. */
export function defineDataset<Options extends object>(
  plugin: Omit<Dataset<Options>, 'kind'>,
): Dataset<Options> {
  return { kind: 'dataset', ...plugin };
}
