/**
 * Runs training steps written in plain TensorFlow.js: compiled to one ONNX Runtime call, or eagerly.
 *
 * @module @medgan/engine
 */

export * from './engine.ts';
export { isTensorflowEngine, type TensorflowEngineName } from './eager/tensorflow/package.ts';
export { EngineError } from './engine-error.ts';
export { examineEngine, type EngineFinding } from './examine-engine.ts';
export * from './names.ts';
export { NativeEngine, type NativeEngineOptions } from './native/native-engine.ts';
export { OnnxEngine, type OnnxEngineOptions } from './onnx/onnx-engine.ts';
export {
  resolveEngine,
  startEngine,
  type PassedOver,
  type Resolution,
  type ResolveOptions,
} from './resolve.ts';
export type {
  InspectedNode,
  InspectedState,
  InspectedTensor,
  Operand,
  Stage,
  StepInspection,
} from './inspect/inspection.ts';
export { scope } from './trace/scope.ts';
export { fromStored, storedShape, toStored } from './stored-layout.ts';
export * from './export/index.ts';
