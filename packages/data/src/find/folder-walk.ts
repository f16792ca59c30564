import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Dirent } from 'node:fs';
import { isUnnamedDicom } from '../decode/formats/unnamed-dicom.ts';

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

/** Extensions taken for images: torchvision's less PPM and PGM, which sharp cannot read, and DICOM's. */
export const IMAGE_EXTENSIONS = ['.jpg', '.jpeg', '.png', '.bmp', '.tif', '.tiff', '.webp', '.dcm'] as const;

/** An image by its name, or by its content where its name says nothing. Only regular files are looked into. */
function isImage(name: string, { path, kind }: { path: string; kind: Kind }): boolean | Promise<boolean> {
  const lower = name.toLowerCase();
  if (IMAGE_EXTENSIONS.some((extension) => lower.endsWith(extension))) return true;
  return kind === 'file' && isUnnamedDicom(name, path);
}

/** Dot files and macOS archive leftovers (`._a.jpg`, `__MACOSX/`) look like images and are none. */
function isClutter(name: string): boolean {
  return name.startsWith('.') || name === '__MACOSX';
}

type Kind = 'file' | 'folder' | 'other';

interface Resolved {
  readonly kind: Kind;
  /** The real path, where the entry is a link. */
  readonly real?: string;
  readonly fault?: string;
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

/** Walks one dataset folder. Symbolic links inside it are followed; those that lead out of it only on request. */
export class FolderWalk {
  /** The real path of the dataset's folder. */
  readonly root: string;
  readonly #outsideLinks: boolean;

  constructor(root: string, outsideLinks: boolean) {
    this.root = root;
    this.#outsideLinks = outsideLinks;
  }

  /** What lies right under the root. */
  async top(): Promise<FolderEntries> {
    const folders: string[] = [];
    const loose: FoundFile[] = [];
    for (const entry of await readdir(this.root, { withFileTypes: true })) {
      if (isClutter(entry.name)) continue;
      const path = join(this.root, entry.name);
      const { kind, fault } = await this.#resolve(entry, path);
      if (kind === 'folder') folders.push(entry.name);
      else if (await isImage(entry.name, { path, kind }))
        loose.push(found({ name: entry.name, path, kind, fault }));
    }
    return { folders: folders.sort(compare), loose: loose.sort(byFolderThenName) };
  }

  /** Every image in the folder `name` of the root and below it, in torchvision's order. */
  async imagesIn(name: string): Promise<FoundFile[]> {
    const files: FoundFile[] = [];
    const path = join(this.root, name);
    const real = await realpath(path);
    if (!this.#allows(real)) return [{ name, path, fault: OUTSIDE }];
    await this.#walk({ name, path, ancestors: [this.root, real] }, files);
    return files.sort(byFolderThenName);
  }

  async #walk(
    folder: { name: string; path: string; ancestors: readonly string[] },
    files: FoundFile[],
  ): Promise<void> {
    let entries: Dirent[];
    try {
      entries = await readdir(folder.path, { withFileTypes: true });
    } catch (error) {
      files.push({
        name: folder.name,
        path: folder.path,
        fault: `the folder cannot be listed (${codeOf(error)})`,
      });
      return;
    }
    for (const entry of entries) {
      if (isClutter(entry.name)) continue;
      const name = `${folder.name}/${entry.name}`;
      const path = join(folder.path, entry.name);
      const { kind, real = path, fault } = await this.#resolve(entry, path);
      if (kind !== 'folder') {
        if (await isImage(entry.name, { path, kind })) files.push(found({ name, path, kind, fault }));
      } else if (fault !== undefined) {
        files.push({ name, path, fault });
      } else if (!folder.ancestors.includes(real)) {
        // A link to a folder above would walk in circles.
        await this.#walk({ name, path, ancestors: [...folder.ancestors, real] }, files);
      }
    }
  }

  async #resolve(entry: Dirent, path: string): Promise<Resolved> {
    if (!entry.isSymbolicLink()) return { kind: kindOf(entry) };
    try {
      const real = await realpath(path);
      const kind = kindOf(await stat(real));
      return this.#allows(real) ? { kind, real } : { kind, real, fault: OUTSIDE };
    } catch (error) {
      return { kind: 'file', fault: `broken symbolic link (${codeOf(error)})` };
    }
  }

  #allows(real: string): boolean {
    const inside = this.root.endsWith(sep) ? this.root : this.root + sep;
    return this.#outsideLinks || real === this.root || real.startsWith(inside);
  }
}

const OUTSIDE = 'symbolic link that leads out of the folder (outside_links: true follows it)';

function found(entry: { name: string; path: string; kind: Kind; fault: string | undefined }): FoundFile {
  const { name, path, kind } = entry;
  const fault = entry.fault ?? (kind === 'file' ? undefined : 'not a regular file');
  return fault === undefined ? { name, path } : { name, path, fault };
}
