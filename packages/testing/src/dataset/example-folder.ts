import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { createRng } from '@medgan/plugin-api';

const CLASSES = ['first-class', 'second-class'];
const IMAGES_PER_CLASS = 4;
const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** A PNG file of 8-bit RGB pixels [height, width, 3]. */
function encodePng(pixels: Uint8Array, width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  // Each row begins with its filter: 0, none.
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; y++) {
    rows.set(pixels.subarray(3 * width * y, 3 * width * (y + 1)), y * (1 + 3 * width) + 1);
  }
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', new Uint8Array())];
  return Buffer.concat([Uint8Array.from(PNG_SIGNATURE), ...chunks]);
}

/** A colour gradient, another one for every image. */
function picture(name: string, width: number, height: number): Uint8Array {
  const rng = createRng(name);
  const colours = Array.from({ length: 9 }, () => rng.uniform());
  return Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    const blend = (colours[c]! * x) / width + (colours[c + 3]! * y) / height + colours[c + 6]!;
    return 255 * (blend / 3);
  });
}

/** A temporary folder of two classes with four small RGB PNGs each, none of them square. */
export interface ExampleFolder {
  readonly path: string;
  remove(): Promise<void>;
}

export async function makeExampleFolder(): Promise<ExampleFolder> {
  const path = await mkdtemp(join(tmpdir(), 'medgan-contract-'));
  for (const name of CLASSES) {
    await mkdir(join(path, name));
    for (let i = 0; i < IMAGES_PER_CLASS; i++) {
      const [width, height] = [24 + 3 * i, 31 - 2 * i];
      const png = encodePng(picture(`${name}/${i}`, width, height), width, height);
      await writeFile(join(path, name, `image-${i}.png`), png);
    }
  }
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
