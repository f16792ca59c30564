import { stat } from 'node:fs/promises';
import { MlflowError, type MlflowClient, type Run } from 'mlflow-ts-client';
import { IMAGE_TAG, imageFiles, timesOf } from './image-view.ts';
import { isServerGone } from './leftovers.ts';
import type { Tracked, TrackedFile } from './tracked.ts';

/** What was sent: size and time of each file, by its artifact path. */
type SentFiles = Readonly<Record<string, string>>;

export interface SendFilesOptions {
  readonly tracked: Tracked;
  readonly sent: SentFiles;
  readonly signal?: AbortSignal;
}

/** What came of sending files; `fault`: the first one, after which the other files were tried if they had a chance. */
interface FilesReport {
  readonly files: SentFiles;
  readonly sent: number;
  readonly fault?: MlflowError;
}

/** Whether the next file would fail alike: the server refuses the call, not this file (413: too large). */
const isOfAll = ({ status }: MlflowError): boolean => status !== undefined && status !== 413;

/** Uploads the files that are new or were changed since; an upload replaces a file's former content. */
export async function sendFiles(
  client: MlflowClient,
  run: Run,
  { tracked, sent, signal }: SendFilesOptions,
): Promise<FilesReport> {
  const call = signal ? { signal } : {};
  const fresh: { file: TrackedFile; state: string }[] = [];
  for (const file of tracked.files) {
    // A checkpoint may be pruned between listing and sending.
    const found = await stat(file.from).catch(() => undefined);
    const state = found && `${found.size} bytes of ${Math.round(found.mtimeMs)}`;
    if (state !== undefined && sent[file.to] !== state) fresh.push({ file, state });
  }
  const files: Record<string, string> = { ...sent };
  const times = await timesOf(
    tracked.log,
    fresh.map(({ file }) => file),
  );
  let count = 0;
  let hasImage = false;
  let fault: MlflowError | undefined;
  for (const { file, state } of fresh) {
    const { image } = file;
    const time = image && times.get(image.step);
    // The log is flushed a few steps later, or when the run ends: the image waits for its time.
    if (image && time === undefined) continue;
    try {
      await client.artifacts.uploadFile(run, { from: file.from, to: file.to }, call);
      if (image) {
        for (const shown of await imageFiles(run.info.runId, { ...image, from: file.from, time: time! })) {
          await client.artifacts.uploadBytes(run, shown, call);
        }
      }
    } catch (error) {
      if (!(error instanceof MlflowError) || isServerGone(error)) throw error;
      fault ??= error;
      if (isOfAll(error)) break;
      continue;
    }
    files[file.to] = state;
    count++;
    hasImage ||= image !== undefined;
  }
  if (hasImage) await client.runs.setTag(run.info.runId, { key: IMAGE_TAG, value: 'true' }, call);
  return { files, sent: count, ...(fault && { fault }) };
}
