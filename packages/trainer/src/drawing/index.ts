export { imageGrid } from './image-grid.ts';
export { writePng } from './png.ts';
