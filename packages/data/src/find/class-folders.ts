import { realpath, readdir, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { MedganError, messageOf, resolvePath } from '@medgan/files';
import { nearest } from '@medgan/plugin-api';
import { FolderWalk, IMAGE_EXTENSIONS, type FolderEntries, type FoundFile } from './folder-walk.ts';
import { asideTexts, type LeftAside } from './left-aside.ts';

export interface LabelledFile extends FoundFile {
  /** Index of the file's class. */
  readonly label: number;
}

/** A labelled file with the lesion or patient it shows, where that is known. */
export interface GroupedFile extends LabelledFile {
  readonly group?: string;
}

/** The wanted classes of an image folder and their files, class by class. */
export interface ClassFolders {
  readonly root: string;
  readonly classes: readonly string[];
  readonly files: readonly LabelledFile[];
  /** Images beside the class folders, which belong to no class. */
  readonly looseIgnored: number;
  /** What else lay in the folder. */
  readonly leftAside: readonly LeftAside[];
}

export interface ClassFolderOptions {
  /** Wanted classes; undefined = all. The order does not matter: labels follow the sorted names. */
  readonly classes?: readonly string[] | undefined;
  readonly outsideLinks: boolean;
}

const WHO = 'dataset image-folder';
const KINDS = IMAGE_EXTENSIONS.map((extension) => extension.slice(1)).join(', ');

/** The real path of a folder of images. @throws MedganError when it is none. */
export async function findRoot(path: string, who = WHO): Promise<string> {
  const absolute = resolvePath(path);
  try {
    const root = await realpath(absolute);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    const parent = dirname(absolute);
    const guess = nearest(basename(absolute), await readdir(parent).catch(() => []));
    throw new MedganError(
      `${who}: the folder ${absolute} cannot be opened (${(error as NodeJS.ErrnoException).code})`,
      {
        cure: guess
          ? `did you mean ${resolve(parent, guess)}?`
          : 'set path to a folder that exists; a relative one begins at the folder of the control file',
        cause: error,
      },
    );
  }
  throw new MedganError(`${who}: ${absolute} is a file, not a folder`, {
    cure: 'unpack it if it is an archive, and set path to the folder of images',
  });
}

/** macOS stores some names decomposed: `é` as two code points. A user types one. */
function sameName(a: string, b: string): boolean {
  return a.normalize('NFC') === b.normalize('NFC');
}

/** The known classes that are wanted, in the order they are known. */
export function chooseClasses(
  known: readonly string[],
  wanted: readonly string[] | undefined,
  who = WHO,
): readonly string[] {
  if (wanted === undefined) return known;
  if (wanted.length === 0)
    throw new MedganError(`${who}: classes is an empty list`, { cure: 'name a class, or leave classes out' });
  for (const name of wanted) {
    if (known.some((candidate) => sameName(candidate, name))) continue;
    const guess = nearest(name, known);
    throw new MedganError(`${who}: no class is called ${JSON.stringify(name)}; known: ${known.join(', ')}`, {
      cure: guess ? `did you mean ${JSON.stringify(guess)}?` : 'choose one of them',
    });
  }
  return known.filter((candidate) => wanted.some((name) => sameName(candidate, name)));
}

/** What lies right under the root. @throws MedganError when it cannot be listed. */
export async function listTop(walk: FolderWalk, who = WHO): Promise<FolderEntries> {
  try {
    return await walk.top();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new MedganError(`${who}: the folder ${walk.root} cannot be listed (${code ?? messageOf(cause)})`, {
      cure: 'give yourself the right to read it (chmod u+rx), or copy the images to another folder',
      cause,
    });
  }
}

/** What a search for images passed over, for an error that says that there is none. */
function besides(leftAside: readonly LeftAside[]): string {
  const texts = asideTexts(leftAside);
  return texts.length === 0 ? '' : `; it holds ${texts.join(', ')}`;
}

/**
 * Lists the images of `path`: every folder in it is a class, named by the folder, with all images below it; a folder
 * with images and no class folders is one class with the folder's own name. A folder that holds output of medgan and no
 * image is no class.
 * @throws MedganError when the folder is missing, holds no image, a wanted class is unknown, or a class is empty.
 */
export async function readClassFolders(path: string, options: ClassFolderOptions): Promise<ClassFolders> {
  const root = await findRoot(path);
  const walk = new FolderWalk(root, options.outsideLinks);
  const { folders, loose } = await listTop(walk);
  const byClass = new Map<string, readonly FoundFile[]>();
  for (const folder of folders) {
    const files = await walk.imagesIn(folder);
    if (files.length > 0 || !walk.holdsOwnOutput(folder)) byClass.set(folder, files);
  }
  const { leftAside } = walk;

  const holdsImages = [...byClass.values()].some((files) => files.length > 0);
  if (!holdsImages && loose.length === 0) {
    throw new MedganError(`${WHO}: ${root} holds no image${besides(leftAside)}`, {
      cure: `put images (${KINDS}) into it, one folder for each class`,
    });
  }
  const flat = !holdsImages;
  if (flat) {
    byClass.clear();
    byClass.set(basename(root), loose);
  }
  const classes = chooseClasses([...byClass.keys()], options.classes);
  const empty = classes.filter((name) => byClass.get(name)!.length === 0);
  if (empty.length > 0) {
    throw new MedganError(
      `${WHO}: no image in the class folder ${empty.join(', ')} of ${root}${besides(leftAside)}`,
      { cure: `put images (${KINDS}) into it, remove it, or name the classes you want under classes` },
    );
  }
  const files = classes.flatMap((name, label) => byClass.get(name)!.map((file) => ({ ...file, label })));
  return { root, classes, files, looseIgnored: flat ? 0 : loose.length, leftAside };
}
