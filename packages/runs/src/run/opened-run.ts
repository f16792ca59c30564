import type { Engine } from '@medgan/engine';
import type { PackedImages, Plugins } from '@medgan/plugin-api';
import type { ControlFile } from '../control/control-schema.ts';
import type { ResolvedRun } from '../control/resolve-control.ts';
import type { RunRecord } from './run-record.ts';

/** A run in its folder: what it was begun with, resolved once. */
export interface OpenedRun {
  readonly runDir: string;
  readonly record: RunRecord;
  readonly control: ControlFile;
  /** The plugins that it was trained with. */
  readonly plugins: Plugins;
  readonly run: ResolvedRun;
}

/** A run whose data and engine are open: while it trains, and while it is judged. */
export interface RunAtWork extends OpenedRun {
  readonly images: PackedImages;
  readonly engine: Engine;
}
