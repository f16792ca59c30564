import { existsSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { MedganError, readJson, writeFileAtomically } from '@medgan/files';
import type { Study } from '@medgan/experiment-registry';
import { STUDY_FILES } from '@medgan/plugin-api';
import type { ExperimentRunOptions } from '../commands/experiment-run.ts';
import { shown } from './run-studies.ts';

/** Where the studies lie that commands come back to. */
export interface StudyPlace {
  /** Folder of all runs. */
  readonly out: string;
}

/** The command by which a study was run, so that others can come back to it. */
export interface StudyCommand {
  readonly file: string;
  /** The folder it was given in: files and folders are relative to it. */
  readonly cwd: string;
  readonly options: ExperimentRunOptions;
}

/** Keeps the command that runs a study in the study's folder. */
export function writeStudyCommand(
  dir: string,
  { study, options }: { readonly study: Study; readonly options: ExperimentRunOptions },
): Promise<void> {
  const command: StudyCommand = {
    file: study.experiment.document.file,
    cwd: process.cwd(),
    // Its finished trials are kept, whoever comes back.
    options: { ...options, out: resolve(options.out), all: false, detach: false, force: false },
  };
  return writeFileAtomically(join(dir, STUDY_FILES.command), `${JSON.stringify(command, undefined, 2)}\n`);
}

/** The folder of a study that was run, by its name, file or folder. @throws MedganError when there is none. */
export function studyFolder(named: string, { out }: StudyPlace): string {
  const inOut = join(resolve(out), basename(named, extname(named)));
  const dir = [resolve(named), inOut].find((folder) => existsSync(join(folder, STUDY_FILES.command)));
  if (dir !== undefined) return dir;
  throw new MedganError(`${shown(inOut)} holds no study that was run`, {
    cure: 'name a study as its folder is called, and the folder of all runs with --out',
  });
}

/** The command by which the study in `dir` was run last. @throws MedganError when it cannot be read. */
export async function readStudyCommand(dir: string): Promise<StudyCommand> {
  return (await readJson<StudyCommand>(join(dir, STUDY_FILES.command)))!;
}
