import { execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TemporaryFolder } from '../../test/temporary-folder.ts';
import { decodeImage } from './decode-image.ts';

/** Node 20's zlib has none. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await TemporaryFolder.make();
});
afterEach(() => folder.remove());

describe('names', () => {
  const NAMES = [
    'caf\u00e9.png',
    'cafe\u0301-2.png',
    '\u05e9\u05dc\u05d5\u05dd.png',
    '\u{1f52c}\u{1fa7a}.png',
    'two\nlines.png',
    ' spaces .png',
    '-rf.png',
    `${'x'.repeat(251)}.png`,
  ];

  it('of any kind are read, and come back as they are written', async () => {
    for (const name of NAMES) await folder.put(`a/${name}`, 80);
    const { names, pixels } = await folder.open();
    expect(new Set(names)).toEqual(new Set(NAMES.map((name) => `a/${name}`)));
    expect(new Set(pixels)).toEqual(new Set([80]));
  });
});

describe('what is no regular file', () => {
  it('is refused without being opened: a pipe would never end', async () => {
    await folder.put('a/good.png');
    execFileSync('mkfifo', [folder.path('a/pipe.png'), folder.path('a/pipe'), folder.path('a/pipe.dcm')]);
    const server = createServer().listen(folder.path('a/socket.png'));
    await new Promise((resolve) => server.once('listening', resolve));
    try {
      expect((await folder.open({}, { unreadable: 'skip' })).skipped).toEqual(
        ['pipe.dcm', 'pipe.png', 'socket.png'].map((name) => ({
          name: `a/${name}`,
          reason: 'not a regular file',
        })),
      );
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it.skipIf(process.getuid?.() === 0)('nor what may not be read', async () => {
    await folder.put('a/good.png');
    await folder.put('a/closed.png');
    await chmod(folder.path('a/closed.png'), 0);
    expect((await folder.open({}, { unreadable: 'skip' })).skipped).toEqual([
      { name: 'a/closed.png', reason: 'the file cannot be read (EACCES)' },
    ]);
  });
});

describe('bombs', () => {
  it.each(['png', 'webp', 'tiff', 'gif', 'jpeg'] as const)(
    'a %s of too many pixels is refused',
    async (format) => {
      const black = sharp({ create: { width: 2000, height: 1000, channels: 3, background: 'black' } });
      const bytes = await black.toFormat(format).toBuffer();
      await expect(decodeImage(bytes, 1_999_999)).rejects.toThrow(/pixel limit/);
      expect(await decodeImage(bytes, 2_000_000)).toMatchObject({ width: 2000, height: 1000 });
    },
  );

  it('a PNG that only claims to be enormous is refused before anything is allocated', async () => {
    const chunk = (type: string, data: Buffer): Buffer => {
      const body = Buffer.concat([Buffer.from(type), data]);
      const out = Buffer.alloc(body.length + 8);
      out.writeUInt32BE(data.length);
      body.copy(out, 4);
      out.writeUInt32BE(crc32(body), body.length + 4);
      return out;
    };
    const header = Buffer.alloc(13);
    header.writeUInt32BE(100_000, 0);
    header.writeUInt32BE(100_000, 4);
    header.set([8, 2, 0, 0, 0], 8);
    const bytes = Buffer.concat([
      Buffer.from('89504e470d0a1a0a', 'hex'),
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(Buffer.alloc(100))),
      chunk('IEND', Buffer.alloc(0)),
    ]);
    await expect(decodeImage(bytes, 1e8)).rejects.toThrow(/pixel limit/);
  });
});

describe('oddities that are read', () => {
  const red = { r: 200, g: 20, b: 20 };

  it('a colour profile is ignored, as Pillow ignores it', async () => {
    const image = sharp({ create: { width: 8, height: 8, channels: 3, background: red } });
    const bytes = await image.clone().withIccProfile('p3').png().toBuffer();
    expect((await sharp(bytes).metadata()).icc).toBeDefined();
    const stored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer();
    expect([...(await decodeImage(bytes, 100)).data]).toEqual([...stored]);
  });

  it('of an animated PNG the still picture is taken', async () => {
    const still = await sharp({ create: { width: 4, height: 4, channels: 3, background: red } })
      .png()
      .toBuffer();
    // acTL before the image data makes it an APNG of two frames, of which the second is missing.
    const control = Buffer.from('000000086163544c0000000200000000', 'hex');
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(control.subarray(4)));
    const bytes = Buffer.concat([still.subarray(0, 33), control, checksum, still.subarray(33)]);
    expect([...(await decodeImage(bytes, 100)).data.subarray(0, 3)]).toEqual([200, 20, 20]);
  });

  it('an archive is no image, whatever it is called', async () => {
    await mkdir(folder.path('a'));
    await writeFile(folder.path('a/images.png'), Buffer.from('504b0304140000000000', 'hex'));
    await folder.put('a/good.png');
    await writeFile(folder.path('a/more.zip'), Buffer.from('504b0304140000000000', 'hex'));
    const { names, skipped } = await folder.open({}, { unreadable: 'skip' });
    expect(names).toEqual(['a/good.png']);
    expect(skipped.map(({ name }) => name)).toEqual(['a/images.png']);
  });
});
