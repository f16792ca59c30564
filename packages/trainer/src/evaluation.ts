import type { Direction } from '@medgan/plugin-api';
import type { ByteImages } from './byte-images.ts';

/** How the images of a run are judged while it trains. */
export interface Evaluation {
  /** The value that decides which checkpoint is the best. */
  readonly metric: { readonly name: string; readonly direction: Direction };
  /** Figures of fixed-noise images, the metric's among them. Equal images must give equal figures. */
  evaluate(images: ByteImages): Promise<Readonly<Record<string, number>>>;
}

/** The best evaluation of a run so far: `best.json` of its folder. */
export interface Best {
  readonly metric: string;
  readonly direction: Direction;
  readonly value: number;
  /** Its checkpoint is kept beside the newest ones. */
  readonly step: number;
}
