import { join } from 'node:path';
import { type ImageReader, RUN_FILES } from '@medgan/plugin-api';
import { stepName } from './checkpoint.ts';
import { imageGrid } from './drawing/image-grid.ts';
import { lossCurve, lossCurvePng } from './drawing/loss-curve.ts';
import { writeDrawing, writePng } from './drawing/png.ts';
import { realFakeGrid } from './drawing/real-fake-grid.ts';
import type { LogLine } from './log.ts';
import type { ByteImages } from './byte-images.ts';

/** Real images shown beside the generated ones, as in the original. */
const SHOWN_REAL = 64;

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
  await writePng(join(runDir, name), imageGrid(images, { title: `step ${step}` }));
  return name;
}

/** Writes the loss curve as `loss.svg` and `loss.png`. */
export async function drawLossCurve(runDir: string, lines: readonly LogLine[]): Promise<string[]> {
  await writeDrawing(join(runDir, RUN_FILES.lossSvg), lossCurve(lines));
  await writeDrawing(join(runDir, RUN_FILES.lossPng), await lossCurvePng(lines));
  return [RUN_FILES.lossSvg, RUN_FILES.lossPng];
}

/** Writes real images beside the last generated ones. */
export async function drawRealFakeGrid(runDir: string, real: ImageReader, fake: ByteImages): Promise<string> {
  const name = RUN_FILES.realFakeGrid;
  const { size, channels } = real;
  const count = Math.min(SHOWN_REAL, real.count);
  const pixels = await real.read(Uint32Array.from({ length: count }, (_, i) => i));
  const shown = { size, channels, count, pixels };
  await writePng(join(runDir, name), realFakeGrid(shown, fake, { limit: SHOWN_REAL }));
  return name;
}
