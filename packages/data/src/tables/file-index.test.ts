import { describe, expect, it } from 'vitest';
import { FileIndex } from './file-index.ts';

/** What each name of a table means among the files. */
function meanings(files: readonly string[], names: readonly string[]): (string | undefined)[] {
  const index = new FileIndex(
    files.map((name) => ({ name })),
    names,
  );
  return names.map((name) => {
    const found = index.find(name);
    return typeof found === 'string' ? found : found.file.name;
  });
}

describe('paths of another machine', () => {
  it('mean the file that their end names', () => {
    const files = ['ISIC_1.jpg', 'ISIC_2.jpg', 'part_2/ISIC_3.jpg'];
    const names = [
      '/kaggle/input/ham/images/ISIC_1.jpg',
      String.raw`C:\data\ham\ISIC_2.jpg`,
      '/kaggle/input/ham/images_part_2/ISIC_3.jpg',
    ];
    expect(meanings(files, names)).toEqual(files);
  });

  it('keep their folders apart', () => {
    const files = ['p1/scan.png', 'p2/scan.png'];
    expect(meanings(files, ['/mnt/d/p1/scan.png', '/mnt/d/p2/scan.png'])).toEqual(files);
    // The image of p1 is not there: that of p2 is no stand-in.
    expect(meanings(['p2/scan.png'], ['/mnt/d/p1/scan.png', '/mnt/d/p2/scan.png'])).toEqual([
      'missing',
      'p2/scan.png',
    ]);
    expect(meanings(['p2/scan.png'], ['p1/scan.png'])).toEqual(['missing']);
  });

  it('may name several files', () => {
    expect(meanings(['a/scan.png', 'b/scan.png'], ['/mnt/scan.png'])).toEqual(['ambiguous']);
  });
});

describe('a name', () => {
  it('means the file of exactly this name before one that is spelled alike', () => {
    const files = ['mel/\u00e9.jpg', 'mel/e\u0301.jpg', ' mel/1.jpg'];
    expect(meanings(files, files)).toEqual(files);
  });

  it('may have blanks and line ends around it', () => {
    expect(meanings(['ISIC_1.jpg'], ['ISIC_1.jpg\n', ' ISIC_1 '])).toEqual(['ISIC_1.jpg', 'ISIC_1.jpg']);
  });
});
