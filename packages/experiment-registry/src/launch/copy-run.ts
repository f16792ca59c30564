import { existsSync } from 'node:fs';
import { copyFile, cp, link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listFolder, MedganError, replaceFolder, UNFINISHED } from '@medgan/files';
import { RUN_FILES } from '@medgan/plugin-api';

/** What the trainer needs to go on; the rest belongs to the trial it was made for. */
const FILES = [RUN_FILES.record, RUN_FILES.log, RUN_FILES.best];

/** Folders whose files are never written again once they are there, so that two runs can share them. */
const SHARED = [RUN_FILES.checkpoints, RUN_FILES.samples];

/**
 * Makes `to` a run folder that goes on where the run in `from` ended; `to` appears whole or not at all. Checkpoints and
 * samples are hard links where the file system has them, and copies elsewhere.
 * @throws MedganError when `from` holds nothing to go on from.
 */
export async function copyRun(from: string, to: string): Promise<void> {
  const checkpoints = await listFolder(join(from, RUN_FILES.checkpoints));
  if (!checkpoints.some((name) => /^step-\d+$/.test(name))) {
    throw new MedganError(`${from} holds no checkpoint to go on from`, {
      cure: `train it again: remove ${from}, or run the study with --force`,
    });
  }
  await replaceFolder(to, async (draft) => {
    for (const name of FILES) {
      if (existsSync(join(from, name))) await copyFile(join(from, name), join(draft, name));
    }
    for (const name of SHARED) {
      if (existsSync(join(from, name))) await shareFolder(join(from, name), join(draft, name));
    }
  });
}

async function shareFolder(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.name.endsWith(UNFINISHED)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await shareFolder(source, target);
    else await link(source, target).catch(() => cp(source, target));
  }
}
