import type { IsicArchive, Search } from './archive-client.ts';
import type { ArchiveImage } from './archive-types.ts';

/** The first images of a search, oldest first, and how many there are in all. */
export async function searchImages(
  archive: IsicArchive,
  search: Search,
  limit: number,
): Promise<{ images: readonly ArchiveImage[]; total: number | undefined }> {
  const images: ArchiveImage[] = [];
  let total: number | undefined;
  for await (const page of archive.pages(search, Math.min(limit, 100))) {
    total ??= page.total;
    images.push(...page.images);
    if (images.length >= limit) break;
  }
  return { images: images.slice(0, limit), total };
}
