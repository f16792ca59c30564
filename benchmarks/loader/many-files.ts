/**
 * Time and peak memory to open a folder of many files and to have the first batch, cold (nothing kept), warm (kept), and
 * copied (kept, but every file is new): each in a process of its own.
 *
 *     npx tsx benchmarks/loader/many-files.ts [--files 100000] [--size 64] [--workers 2]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { ours } from '../contenders.mjs';

const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: '100000' },
    size: { type: 'string', default: '64' },
    workers: { type: 'string', default: '2' },
  },
});
const count = Number(options.files);
const FOLDERS = 10;

const scratch = mkdtempSync(join(tmpdir(), 'medgan-many-'));
const [folder, cache] = [join(scratch, 'images'), join(scratch, 'cache')];

const pathOf = (i: number): string =>
  join(folder, `class-${i % FOLDERS}`, `image-${String(i).padStart(7, '0')}.jpg`);

/** One JPEG with another comment in each file: distinct contents, written as fast as the disk takes them. */
async function makeFiles(): Promise<void> {
  const background = { r: 180, g: 120, b: 100 };
  const jpeg = await sharp({ create: { width: 80, height: 64, channels: 3, background } })
    .jpeg()
    .toBuffer();
  for (let i = 0; i < FOLDERS; i++) mkdirSync(join(folder, `class-${i}`), { recursive: true });
  const comment = Buffer.alloc(12);
  comment.writeUInt16BE(0xfffe, 0);
  comment.writeUInt16BE(10, 2);
  for (let i = 0; i < count; i++) {
    comment.write(String(i).padStart(8, '0'), 4, 'latin1');
    writeFileSync(pathOf(i), Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]));
  }
}

interface Answer {
  readonly fingerprint: string;
  readonly openSeconds: number;
  readonly batchSeconds: number;
  readonly peakMiB: number;
  readonly calls: number;
}

function measure(): Answer {
  const script = join(import.meta.dirname, 'first-batch.ts');
  const args = [...ours(script), folder, cache, options.size, options.workers];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Answer;
}

try {
  console.log(
    `${cpus()[0]!.model}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(2)}, ${count} files`,
  );
  await makeFiles();
  const cold = measure();
  const warm = measure();
  for (let i = 0; i < count; i++) utimesSync(pathOf(i), 1, 1);
  const touched = measure();
  console.table({ cold, warm, touched });
} finally {
  rmSync(scratch, { recursive: true });
}
