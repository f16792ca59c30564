import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { isUnnamedDicom } from '../decode/formats/unnamed-dicom.ts';
import { AsideCounter, type LeftAside } from './left-aside.ts';
import { isOwnPicture, ownOutputOf } from './own-output.ts';

/** A file that by its name is an image, or something in the way of one. */
export interface FoundFile {
  /** Path relative to the root, with `/` on every system. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  /** Why it cannot be used, when that is known without opening it. */
  readonly fault?: string;
}

export interface FolderEntries {
  /** Names of the folders right under the root, sorted by code units. */
  readonly folders: readonly string[];
  /** Images right under the root, sorted by code units. */
  readonly loose: readonly FoundFile[];
}

/**
 * Extensions taken for images, whose content then decides. PPM, PGM and HEIC are none: their content is not read.
 * Siemens writes DICOM as `.ima`.
 */
export const IMAGE_EXTENSIONS = [
  ...['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.bmp', '.dib', '.tif', '.tiff', '.webp', '.gif'],
  ...['.dcm', '.dicom', '.dic', '.ima'],
] as const;

/** An image by its name, or by its content where its name says nothing. Only regular files are looked into. */
function isImage(name: string, { path, kind }: { path: string; kind: Kind }): boolean | Promise<boolean> {
  const lower = name.toLowerCase();
  if (IMAGE_EXTENSIONS.some((extension) => lower.endsWith(extension))) return true;
  return kind === 'file' && isUnnamedDicom(name, path);
}

/** Hidden files and folders, and what macOS adds to archives (`._a.jpg`, `__MACOSX/`). */
const isHidden = (name: string): boolean => name.startsWith('.') || name === '__MACOSX';

/** Folders in which systems and network disks keep thumbnails, snapshots and deleted files, in lower case. */
const SYSTEM_FOLDERS: ReadonlySet<string> = new Set([
  ...['@eadir', '#recycle', '#snapshot', '@recycle', '@recently-snapshot', '@__thumb', '@tmp', '@sharebin'],
  ...['$recycle.bin', 'recycler', 'recycled', 'system volume information', 'found.000'],
  ...['lost+found', 'network trash folder', 'temporary items', 'thumbnails'],
]);

const isSystemFolder = (name: string): boolean => SYSTEM_FOLDERS.has(name.toLowerCase());

type Kind = 'file' | 'folder' | 'other';

interface Resolved {
  readonly kind: Kind;
  /** The real path, where the entry is a link. */
  readonly real?: string;
  readonly fault?: string;
  /** A link that leads nowhere: what it was to be is unknown. */
  readonly broken?: true;
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): Kind {
  if (entry.isFile()) return 'file';
  return entry.isDirectory() ? 'folder' : 'other';
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** Compares by UTF-16 code units: the same order on every machine, whatever its locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function folderOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}

/** torchvision's order: by folder, then by name in it. */
function byFolderThenName(a: FoundFile, b: FoundFile): number {
  return compare(folderOf(a.name), folderOf(b.name)) || compare(a.name, b.name);
}

const OUTSIDE = 'symbolic link that leads out of the folder (outside_links: true follows it)';
const NOT_UTF8 = 'its name is not UTF-8; rename it, with convmv for instance, or unpack it anew with unar';

/**
 * Why an entry cannot be reached by its name. Node reads the bytes of a name that are no UTF-8 as U+FFFD, and the system
 * then knows no such file.
 */
async function faultOfName(name: string, path: string): Promise<string | undefined> {
  if (!name.includes('\uFFFD')) return undefined;
  return lstat(path).then(
    () => undefined,
    () => NOT_UTF8,
  );
}

/**
 * Walks one dataset folder. Symbolic links inside it are followed; those that lead out of it only on request. What
 * medgan wrote itself, and folders of thumbnails and deleted files, are left aside; `leftAside` counts them.
 */
export class FolderWalk {
  /** The real path of the dataset's folder. */
  readonly root: string;
  readonly #outsideLinks: boolean;
  readonly #aside = new AsideCounter();

  constructor(root: string, outsideLinks: boolean) {
    this.root = root;
    this.#outsideLinks = outsideLinks;
  }

  /** What was passed over so far. */
  get leftAside(): readonly LeftAside[] {
    return this.#aside.list;
  }

  /** Whether output of medgan was left aside somewhere in the folder `name` of the root. */
  holdsOwnOutput(name: string): boolean {
    return this.#aside.holdsOutputIn(name);
  }

  /** What lies right under the root. @throws the system's error when the root cannot be listed. */
  async top(): Promise<FolderEntries> {
    const folders: string[] = [];
    const loose: FoundFile[] = [];
    const entries = await readdir(this.root, { withFileTypes: true });
    const output = ownOutputOf(entries.map(({ name }) => name));
    for (const entry of entries) {
      const { name } = entry;
      if (isHidden(name)) continue;
      if (output !== undefined && isOwnPicture(name, output)) {
        this.#aside.addOutput(name, `part of a ${output}`);
        continue;
      }
      const path = join(this.root, name);
      const resolved = await this.#resolve(entry, path);
      if (resolved.kind === 'folder') {
        if (!(await this.#isLeftAside({ name, path, ...resolved }))) folders.push(name);
      } else await this.#take({ name, path, ...resolved }, loose);
    }
    return { folders: folders.sort(compare), loose: loose.sort(byFolderThenName) };
  }

  /** Every image in the folder `name` of the root and below it, in torchvision's order. */
  async imagesIn(name: string): Promise<FoundFile[]> {
    const files: FoundFile[] = [];
    const path = join(this.root, name);
    let real: string;
    try {
      real = await realpath(path);
    } catch (error) {
      return [{ name, path, fault: (await faultOfName(name, path)) ?? unlistable(error) }];
    }
    if (!this.#allows(real)) return [{ name, path, fault: OUTSIDE }];
    await this.#walk({ name, path, ancestors: [this.root, real] }, files);
    return files.sort(byFolderThenName);
  }

  async #walk(
    folder: { name: string; path: string; ancestors: readonly string[] },
    files: FoundFile[],
  ): Promise<void> {
    const { name: at, path: folderPath, ancestors } = folder;
    let entries: Dirent[];
    try {
      entries = await readdir(folderPath, { withFileTypes: true });
    } catch (error) {
      const fault = (await faultOfName(at, folderPath)) ?? unlistable(error);
      files.push({ name: at, path: folderPath, fault });
      return;
    }
    for (const entry of entries) {
      if (isHidden(entry.name)) continue;
      const [name, path] = [`${at}/${entry.name}`, join(folderPath, entry.name)];
      const resolved = await this.#resolve(entry, path);
      const { kind, real = path, fault } = resolved;
      if (kind !== 'folder') await this.#take({ name, path, ...resolved }, files);
      else if (await this.#isLeftAside({ name, path, ...resolved })) continue;
      else if (fault !== undefined) files.push({ name, path, fault });
      // A link to a folder above would walk in circles.
      else if (!ancestors.includes(real))
        await this.#walk({ name, path, ancestors: [...ancestors, real] }, files);
    }
  }

  /** Adds a file to the images, or to what was left aside. */
  async #take(file: Resolved & { name: string; path: string }, files: FoundFile[]): Promise<void> {
    const { name, path, kind, broken } = file;
    const own = name.slice(name.lastIndexOf('/') + 1);
    if (await isImage(own, { path, kind })) {
      const fault = file.fault ?? (kind === 'file' ? await faultOfName(own, path) : 'not a regular file');
      files.push(fault === undefined ? { name, path } : { name, path, fault });
    } else if (broken) this.#aside.addBrokenLink(name);
    else this.#aside.addFile(name);
  }

  /** Whether a folder holds no data of the user's. */
  async #isLeftAside(folder: { name: string; path: string; fault?: string }): Promise<boolean> {
    const { name, path, fault } = folder;
    if (isSystemFolder(name.slice(name.lastIndexOf('/') + 1))) {
      this.#aside.addSystemFolder(name);
      return true;
    }
    if (fault !== undefined) return false;
    const output = ownOutputOf(await readdir(path).catch(() => []));
    if (output !== undefined) this.#aside.addOutput(name, output);
    return output !== undefined;
  }

  async #resolve(entry: Dirent, path: string): Promise<Resolved> {
    if (!entry.isSymbolicLink()) return { kind: kindOf(entry) };
    try {
      const real = await realpath(path);
      const kind = kindOf(await stat(real));
      return this.#allows(real) ? { kind, real } : { kind, real, fault: OUTSIDE };
    } catch (error) {
      return { kind: 'file', fault: `broken symbolic link (${codeOf(error)})`, broken: true };
    }
  }

  #allows(real: string): boolean {
    const inside = this.root.endsWith(sep) ? this.root : this.root + sep;
    return this.#outsideLinks || real === this.root || real.startsWith(inside);
  }
}

const unlistable = (error: unknown): string => `the folder cannot be listed (${codeOf(error)})`;
