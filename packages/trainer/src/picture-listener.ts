import type { ImageReader } from '@medgan/plugin-api';
import type { ByteImages } from './byte-images.ts';
import type { LogLine } from './log.ts';

/** Called where a run writes its samples, to draw what else people want to see. Each call returns the files it wrote. */
export interface PictureListener {
  /** Samples of a step were written. `lines` is the whole log up to it, of earlier processes too. */
  onSamples(lines: readonly LogLine[]): Promise<readonly string[]>;
  /** Training has finished: its images, and generated ones of the last step. */
  onFinished(real: ImageReader, generated: ByteImages): Promise<readonly string[]>;
}
