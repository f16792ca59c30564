import { readStudyCommand, studyFolder, type StudyPlace } from '../experiment/study-command.ts';
import { experimentRunCommand } from './experiment-run.ts';

/** `medgan experiment wait <study>`: takes up the jobs that were handed in, and goes on as the study was begun. */
export async function experimentWaitCommand(named: string, place: StudyPlace): Promise<number> {
  const { file, cwd, options } = await readStudyCommand(studyFolder(named, place));
  process.chdir(cwd);
  return experimentRunCommand([file], options);
}
