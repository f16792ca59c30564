import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { RunStatus } from 'mlflow-ts-client';
import { writeFileAtomically, readJson } from '@medgan/files';
import { trackingDir } from './folder-key.ts';
import type { PaceState } from './pace.ts';
import { LOG_START, type LogPlace } from './read-log.ts';

/** The server and experiment that runs are sent to. */
export interface Destination {
  /** Without user name and password. */
  readonly trackingUri: string;
  readonly experimentName: string;
}

/** What a server has confirmed of one folder: `.mlflow/<destination>.json` in it. */
export interface Cursor extends Destination {
  readonly version: 1;
  readonly experimentId: string;
  readonly runId: string;
  /** Up to where the log is sent. */
  readonly log: LogPlace;
  /** Where the pace of training was read up to. */
  readonly pace?: PaceState;
  /** Points sent so far. */
  readonly points: number;
  /** Values that are not finite and were left out. */
  readonly notFinite: number;
  /** Hashes of the settings and tags, of the dataset, and of the evaluation, as they were sent last. */
  readonly facts: string;
  readonly dataset?: string;
  readonly figures: string;
  /** Size and time of each file as it was sent last, by its artifact path. */
  readonly files: Readonly<Record<string, string>>;
  readonly status: RunStatus | '';
  /** Samples of the machine's load sent so far. */
  readonly system?: number;
  /** The model that was logged last. */
  readonly model?: string;
}

export const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

export const cursorPath = (dir: string, { trackingUri, experimentName }: Destination): string =>
  join(trackingDir(dir), `${hashOf([trackingUri, experimentName])}.json`);

/** A cursor before anything was sent. */
export const newCursor = (
  destination: Destination,
  { experimentId, runId }: { experimentId: string; runId: string },
): Cursor => ({
  version: 1,
  trackingUri: destination.trackingUri,
  experimentName: destination.experimentName,
  experimentId,
  runId,
  log: LOG_START,
  points: 0,
  notFinite: 0,
  facts: '',
  figures: '',
  files: {},
  status: '',
});

/** The cursor of a folder; undefined where nothing was sent to this destination yet. */
export async function readCursor(dir: string, destination: Destination): Promise<Cursor | undefined> {
  const cursor = await readJson<Cursor>(cursorPath(dir, destination));
  return cursor?.version === 1 ? cursor : undefined;
}

/** Written after the server has confirmed what it says. */
export const writeCursor = (dir: string, cursor: Cursor): Promise<void> =>
  writeFileAtomically(cursorPath(dir, cursor), `${JSON.stringify(cursor, undefined, 2)}\n`);
