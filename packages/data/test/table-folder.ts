import { TemporaryFolder } from './temporary-folder.ts';

/** A folder of eight images of two classes in four lesions, with a table `file,label,group` in it. */
export async function makeTableFolder(): Promise<TemporaryFolder> {
  const folder = await TemporaryFolder.make();
  const rows = ['file,label,group'];
  for (let i = 0; i < 8; i++) {
    await folder.put(`image-${i}.png`, 20 + i * 25);
    rows.push(`image-${i},${i % 2 ? 'nevus' : 'melanoma'},lesion-${i >> 1}`);
  }
  await folder.putText('labels.csv', rows.join('\n'));
  return folder;
}
