/**
 * Reads and writes safetensors, and reads the state dicts of PyTorch, without Python.
 *
 * @module @medgan/weights
 */

export { WeightsError } from './errors.ts';
export { normaliseNames } from './normalise-names.ts';
export { candidatesOf, choicesText, pickStateDict } from './pick-state-dict.ts';
export type { PickedDict, StateDict, StateDicts } from './pick-state-dict.ts';
export { decodeSafetensors, encodeSafetensors } from './safetensors.ts';
export type { SafetensorsContent, Tensors } from './safetensors.ts';
export { readSafetensorsFile, writeSafetensorsFile } from './safetensors-file.ts';
export { dtypes, elementCount, itemSize } from './tensor-data.ts';
export type { DType, TensorData, TensorOf, TypedArrays } from './tensor-data.ts';
export { toFloat32 } from './to-float32.ts';
export { readTorchStateDict } from './torch-state-dict.ts';
export type { TorchOptions } from './torch-file.ts';
export { defaultLimits, trustedLimits } from './torch/limits.ts';
export type { TorchLimits } from './torch/limits.ts';
export { openWeightsFile, readWeightsFile } from './weights-file.ts';
export type { OpenedWeights } from './weights-file.ts';
