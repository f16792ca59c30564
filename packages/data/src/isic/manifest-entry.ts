import type { ArchiveImage, ImageSize } from './archive-types.ts';

/** An image that is here, as it stands in `manifest.jsonl`. */
export interface ManifestEntry {
  readonly id: string;
  /** Relative to the folder, with `/`. */
  readonly file: string;
  readonly size: ImageSize;
  readonly bytes: number;
  readonly sha256: string;
  readonly licence: string;
  readonly attribution: string;
  readonly metadata: ArchiveImage['metadata'];
}
