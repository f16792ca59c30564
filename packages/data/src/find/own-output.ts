import { RUN_FILES, STUDY_FILES } from '@medgan/plugin-api';

/** What medgan wrote into a folder, by the names in it. */
export type OwnOutput = 'run' | 'study' | 'generation' | 'inspection';

/** Files that stand together in what medgan writes, and in nothing else: one of each list. */
const MARKS: readonly { readonly output: OwnOutput; readonly files: readonly (readonly string[])[] }[] = [
  { output: 'run', files: [[RUN_FILES.record], [RUN_FILES.status, RUN_FILES.log, RUN_FILES.lock]] },
  { output: 'study', files: [[STUDY_FILES.trials]] },
  { output: 'generation', files: [['generation.json']] },
  { output: 'inspection', files: [['inspection.json'], ['contact-sheet.png']] },
];

/** What these names in one folder are the output of; undefined where medgan did not write it. */
export function ownOutputOf(names: readonly string[]): OwnOutput | undefined {
  return MARKS.find(({ files }) => files.every((any) => any.some((name) => names.includes(name))))?.output;
}

/** Pictures and folders of pictures that medgan writes; of a generation the images themselves are wanted. */
const PICTURES: Readonly<Record<OwnOutput, readonly string[]>> = {
  run: Object.values(RUN_FILES),
  study: [STUDY_FILES.earlier],
  generation: ['grid.png'],
  inspection: ['contact-sheet.png'],
};

/**
 * Whether an entry of the folder that the user named is a picture that medgan made of images. The folder itself is
 * searched whatever it is, so that generated images can be trained on and measured by naming their folder.
 */
export const isOwnPicture = (name: string, output: OwnOutput): boolean => PICTURES[output].includes(name);
