import { findRoot, listTop } from './class-folders.ts';
import { FolderWalk, type FoundFile } from './folder-walk.ts';
import type { LeftAside } from './left-aside.ts';

/** The images in a folder and below it, and what else lay there. */
export interface FoundImages {
  readonly files: readonly FoundFile[];
  readonly leftAside: readonly LeftAside[];
}

/**
 * Every image in a folder and below it, as datasets find them: by name, or by content where a name says nothing. First
 * those right in it, then folder by folder. What cannot be used carries its fault.
 * @throws MedganError when there is no such folder or it cannot be listed; `who` names the caller.
 */
export async function searchImages(
  path: string,
  { who, outsideLinks }: { readonly who: string; readonly outsideLinks: boolean },
): Promise<FoundImages> {
  const walk = new FolderWalk(await findRoot(path, who), outsideLinks);
  const { folders, loose } = await listTop(walk, who);
  const files = [...loose];
  for (const folder of folders) files.push(...(await walk.imagesIn(folder)));
  return { files, leftAside: walk.leftAside };
}

/** The files that `searchImages` finds. */
export async function findImages(
  path: string,
  options: { readonly who: string; readonly outsideLinks: boolean },
): Promise<FoundFile[]> {
  return [...(await searchImages(path, options)).files];
}
