import { findRoot } from './class-folders.ts';
import { FolderWalk, type FoundFile } from './folder-walk.ts';

/**
 * Every image in a folder and below it, as datasets find them: by name, or by content where a name says nothing. First
 * those right in it, then folder by folder. What cannot be used carries its fault.
 * @throws MedganError when there is no such folder; `who` names the asker.
 */
export async function findImages(
  path: string,
  { who, outsideLinks }: { readonly who: string; readonly outsideLinks: boolean },
): Promise<FoundFile[]> {
  const walk = new FolderWalk(await findRoot(path, who), outsideLinks);
  const { folders, loose } = await walk.top();
  const files = [...loose];
  for (const folder of folders) files.push(...(await walk.imagesIn(folder)));
  return files;
}
