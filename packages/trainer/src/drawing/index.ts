export { imageGrid, type ColumnGroup, type ImageGridOptions } from './image-grid.ts';
export { type CurvePoint } from './logged-series.ts';
export { lossCurve, lossCurvePng, type LossCurveOptions } from './loss-curve.ts';
export { encodePng, renderSvg, writeDrawing, writePng } from './png.ts';
export { type Raster, type Rgb } from './raster.ts';
export { realFakeGrid, type RealFakeGridOptions } from './real-fake-grid.ts';
