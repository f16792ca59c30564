import { join } from 'node:path';
import { RUN_FILES } from '@medgan/plugin-api';
import { realFakeGrid, writeDrawing, writePng, type PictureListener } from '@medgan/trainer';

/** Real images shown beside the generated ones, as in the original. */
const SHOWN_REAL = 64;
/** PNG pixels per SVG pixel. */
const SCALE = 2;

/**
 * Draws into the folder of a run: the losses as SVG and PNG, and at the end real images beside generated ones.
 * The chart library takes a while to load and most commands draw nothing: it is loaded for the first picture.
 */
export function runPictures(runDir: string): PictureListener {
  return {
    async onSamples(lines) {
      const { runLosses, svgToPng } = await import('@medgan/pages');
      const svg = runLosses(lines);
      const [svgPath, pngPath] = [join(runDir, RUN_FILES.lossSvg), join(runDir, RUN_FILES.lossPng)];
      await writeDrawing(svgPath, svg);
      await writeDrawing(pngPath, await svgToPng(svg, SCALE));
      return [svgPath, pngPath];
    },
    async onFinished(real, generated) {
      const { size, channels } = real;
      const count = Math.min(SHOWN_REAL, real.count);
      const pixels = await real.read(Uint32Array.from({ length: count }, (_, i) => i));
      const { captioned: caption } = await import('@medgan/pages');
      const grid = await realFakeGrid({ size, channels, count, pixels }, generated, {
        limit: SHOWN_REAL,
        caption,
      });
      const path = join(runDir, RUN_FILES.realFakeGrid);
      await writePng(path, grid);
      return [path];
    },
  };
}
