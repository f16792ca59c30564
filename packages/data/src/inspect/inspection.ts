import type { BytePixels } from '@medgan/plugin-api';
import type { ByteImage } from '../byte-image.ts';
import type { LeftAside } from '../find/left-aside.ts';

/** An image to be looked at: a file, or one that its dataset gives. */
export interface InspectedImage {
  readonly name: string;
  /** Index of its class. */
  readonly label: number;
  readonly group?: string;
  /** Why it cannot be read, when that is known. */
  readonly fault?: string;
  readonly source:
    | { readonly path: string }
    | {
        /** Makes it, at any time and as often as it is asked for. */
        readonly make: () => Promise<ByteImage>;
      };
}

/** Least, middle and most of something. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Red, green, blue. */
export type Rgb = readonly [number, number, number];

/** What was found of one class. */
export interface ClassFigures {
  readonly name: string;
  /** Images that can be read. */
  readonly images: number;
  /** Lesions or patients; absent where nobody said. */
  readonly groups?: number;
  /** Over all pixels of the class, in levels 0 … 255; absent in a class without readable images. */
  readonly colour?: { readonly mean: Rgb; readonly sd: Rgb };
}

/** Images that are the same, or look it. */
export interface DuplicateGroup {
  readonly names: readonly string[];
  readonly classes: readonly string[];
  /** The images are of several classes: one of the labels is wrong. */
  readonly conflict: boolean;
}

/** What there is to know of a set of images before it is trained on. */
export interface Inspection {
  readonly images: number;
  readonly classes: readonly ClassFigures[];
  readonly sizes: {
    readonly width: Spread;
    readonly height: Spread;
    /** Width / height. */
    readonly aspect: Spread;
    /** The most frequent ones, most frequent first. */
    readonly frequent: readonly {
      readonly width: number;
      readonly height: number;
      readonly images: number;
    }[];
  };
  /** By content; files whose extension says otherwise are counted. */
  readonly formats: readonly { readonly name: string; readonly images: number; readonly misnamed: number }[];
  readonly unreadable: readonly { readonly name: string; readonly reason: string }[];
  /** What lay in the folder and was not taken; absent where no folder was searched. */
  readonly leftAside?: readonly LeftAside[];
  /** Equal to the byte. */
  readonly duplicates: readonly DuplicateGroup[];
  /** Different files that look alike. */
  readonly nearDuplicates: readonly DuplicateGroup[];
}

/** Some images of each class, for a contact sheet: uint8 RGB squares, one entry per class with a readable image. */
export type SheetRows = readonly { readonly name: string; readonly images: BytePixels }[];
