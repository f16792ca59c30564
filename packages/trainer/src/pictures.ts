import { join } from 'node:path';
import { RUN_FILES } from '@medgan/plugin-api';
import { stepName } from './checkpoint.ts';
import { imageGrid } from './drawing/image-grid.ts';
import { writePng } from './drawing/png.ts';
import type { ByteImages } from './byte-images.ts';

/** Writes the fixed-noise images of a step, each alone and all as a grid; returns the grid's name in the run folder. */
export async function drawSamples(runDir: string, images: ByteImages, step: number): Promise<string> {
  const folder = join(RUN_FILES.samples, stepName(step));
  const { size, channels, count, pixels } = images;
  const each = size * size * channels;
  for (let i = 0; i < count; i++) {
    const single = { size, channels, count: 1, pixels: pixels.subarray(i * each, (i + 1) * each) };
    const name = `${String(i).padStart(3, '0')}.png`;
    await writePng(join(runDir, folder, name), imageGrid(single, { columns: 1, padding: 0, upscale: 1 }));
  }
  const name = join(RUN_FILES.samples, `${stepName(step)}.png`);
  await writePng(join(runDir, name), imageGrid(images));
  return name;
}
