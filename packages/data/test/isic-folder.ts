import { createRng } from '@medgan/plugin-api';
import { IsicArchive } from '../src/isic/archive-client.ts';
import { downloadImages } from '../src/isic/download-images.ts';
import { PoliteHttp } from '../src/isic/polite-http.ts';
import { ArchiveServer } from './archive-server.ts';
import { TemporaryFolder } from './temporary-folder.ts';

/** A folder with the eight images that the dataset `isic` asks for in its contract; no server is needed any more. */
export async function makeIsicFolder(): Promise<TemporaryFolder> {
  const folder = await TemporaryFolder.make();
  const server = await ArchiveServer.start(
    Array.from({ length: 8 }, (_, i) => ({
      id: `ISIC_000000${i}`,
      diagnosis: i % 2 ? 'Malignant' : 'Benign',
      lesion: `IL_${i >> 1}`,
    })),
  );
  try {
    const http = new PoliteHttp({ rng: createRng(0), manners: { interval: 0 } });
    await downloadImages(
      {
        query: 'diagnosis_1:*',
        collections: [],
        count: 8,
        size: 'full',
        classBy: 'diagnosis_1',
        licences: [],
      },
      {
        http,
        archive: new IsicArchive(http, server.base),
        dir: folder.dir,
        concurrency: 4,
        maxBytes: 1e6,
      },
    );
  } finally {
    await server.stop();
  }
  return folder;
}
