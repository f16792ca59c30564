export { imageGrid } from './image-grid.ts';
export { writeDrawing, writePng } from './png.ts';
export { createRaster, paste, type Raster } from './raster.ts';
export { realFakeGrid } from './real-fake-grid.ts';
