/** What medgan wrote into a folder, by the names in it. */
export type OwnOutput = 'run' | 'study' | 'generation' | 'inspection';

/** Files that stand together in what medgan writes, and in nothing else. */
const MARKS: readonly { readonly output: OwnOutput; readonly files: readonly (string | RegExp)[] }[] = [
  { output: 'run', files: ['config.yaml', /^(status\.json|log\.jsonl|run\.lock)$/] },
  { output: 'study', files: ['trials.json'] },
  { output: 'generation', files: ['generation.json'] },
  { output: 'inspection', files: ['inspection.json', 'contact-sheet.png'] },
];

/** What these names in one folder are the output of; undefined where medgan did not write it. */
export function ownOutputOf(names: readonly string[]): OwnOutput | undefined {
  const holds = (file: string | RegExp): boolean =>
    names.some((name) => (typeof file === 'string' ? name === file : file.test(name)));
  return MARKS.find(({ files }) => files.every(holds))?.output;
}

/** Pictures and folders of pictures that medgan writes; of a generation the images themselves are wanted. */
const PICTURES: Readonly<Record<OwnOutput, RegExp>> = {
  run: /^(loss\.(png|svg)|real-fake-grid\.png|nearest-real\.png|samples|checkpoints)$/,
  study: /\.(png|svg)$/,
  generation: /^grid\.png$/,
  inspection: /^contact-sheet\.png$/,
};

/**
 * Whether an entry of the folder that the user named is a picture that medgan made of images. The folder itself is
 * searched whatever it is, so that generated images can be trained on and measured by naming their folder.
 */
export const isOwnPicture = (name: string, output: OwnOutput): boolean => PICTURES[output].test(name);
