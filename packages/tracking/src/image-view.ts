import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { LOG_START, readLog, type LogPlace } from './read-log.ts';
import type { TrackedFile } from './tracked.ts';

/** Pixels of the longer side of MLflow's small pictures. */
const THUMBNAIL = 256;

/** The tag that shows the image view of a run. */
export const IMAGE_TAG = 'mlflow.loggedImages';

/** When the steps of pictures were trained; those that are not in the log yet are not in the map. */
export async function timesOf(
  log: string | undefined,
  files: readonly TrackedFile[],
): Promise<ReadonlyMap<number, number>> {
  const wanted = new Set(files.flatMap(({ image }) => (image ? [image.step] : [])));
  const times = new Map<number, number>();
  if (log === undefined || wanted.size === 0) return times;
  let place: LogPlace = LOG_START;
  for (;;) {
    const read = await readLog(log, place);
    if (read.steps.length === 0) return times;
    for (const { step, time } of read.steps) if (wanted.has(step)) times.set(step, time);
    place = read.place;
  }
}

/** The files that MLflow's image view shows, by the naming of its Python client (`log_image`, since 2.20). */
export async function imageFiles(
  runId: string,
  picture: { readonly from: string; readonly key: string; readonly step: number; readonly time: number },
): Promise<{ readonly bytes: Uint8Array; readonly to: string }[]> {
  const { key, step, time } = picture;
  const png = await readFile(picture.from);
  const { default: sharp } = await import('sharp');
  const small = await sharp(png)
    .resize(THUMBNAIL, THUMBNAIL, { fit: 'inside', withoutEnlargement: true })
    .webp()
    .toBuffer();
  const name = `images/${key}+step+${step}+timestamp+${time}+${pictureId(`${runId}/${key}/${step}`)}`;
  return [
    { bytes: png, to: `${name}.png` },
    { bytes: small, to: `${name}+compressed.webp` },
  ];
}

/** MLflow draws a UUID; ours follows from the picture, so that sending it again puts it in its own place. */
function pictureId(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex');
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
