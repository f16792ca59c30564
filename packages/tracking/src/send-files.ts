import { stat } from 'node:fs/promises';
import type { MlflowClient, Run } from 'mlflow-ts-client';
import { IMAGE_TAG, imageFiles, timesOf } from './image-view.ts';
import type { Tracked, TrackedFile } from './tracked.ts';

/** What was sent: size and time of each file, by its artifact path. */
type SentFiles = Readonly<Record<string, string>>;

export interface SendFilesOptions {
  readonly tracked: Tracked;
  readonly sent: SentFiles;
  readonly signal?: AbortSignal;
}

/** Uploads the files that are new or were written since; an upload puts a file's new content in place of the old. */
export async function sendFiles(
  client: MlflowClient,
  run: Run,
  { tracked, sent, signal }: SendFilesOptions,
): Promise<{ readonly files: SentFiles; readonly sent: number }> {
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
  for (const { file, state } of fresh) {
    const { image } = file;
    const time = image && times.get(image.step);
    // The log is flushed a few steps later, or when the run ends: the picture waits for its time.
    if (image && time === undefined) continue;
    await client.artifacts.uploadFile(run, { from: file.from, to: file.to }, call);
    if (image) {
      for (const shown of await imageFiles(run.info.runId, { ...image, from: file.from, time: time! })) {
        await client.artifacts.uploadBytes(run, shown, call);
      }
    }
    files[file.to] = state;
    count++;
  }
  if (count > 0 && fresh.some(({ file }) => file.image)) {
    await client.runs.setTag(run.info.runId, { key: IMAGE_TAG, value: 'true' }, call);
  }
  return { files, sent: count };
}
