export { buildGenerator } from './build-generator.ts';
export { findGeneratorWeights, type FoundWeights, type WhichWeights } from './find-weights.ts';
export { generateImages, type GenerateRequest, type GenerateResult } from './generate-images.ts';
export {
  readGeneratorWeights,
  requireImageSize,
  type GeneratorWeights,
  type GeneratorWeightsRequest,
} from './generator-weights.ts';
export { GRID_NAME } from './image-folder.ts';
export { openImageSource, type ImageSource, type Statistics } from './image-source.ts';
export { independentLatents, interpolatedLatents, type Latents } from './latents.ts';
export { readImportedWeights, type ImportedWeights } from './import-weights.ts';
export { readPlainWeights, type PlainWeights } from './plain-weights.ts';
export {
  describeGenerator,
  generatorOnnx,
  generatorTfjs,
  onnxDifference,
  type ModelFileRequest,
  type PixelFormat,
} from './generator-model.ts';
