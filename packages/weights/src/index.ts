export { WeightsError } from './errors.ts';
export { decodeSafetensors, encodeSafetensors } from './safetensors.ts';
export type { SafetensorsContent, Tensors } from './safetensors.ts';
export { readSafetensorsFile, writeSafetensorsFile } from './safetensors-file.ts';
export { dtypes, elementCount, itemSize } from './tensor-data.ts';
export type { DType, TensorData, TensorOf, TypedArrays } from './tensor-data.ts';
