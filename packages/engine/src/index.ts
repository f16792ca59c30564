export * from './engine.ts';
export { EngineError } from './engine-error.ts';
export { OnnxEngine, type ExecutionProvider, type OnnxEngineOptions } from './onnx/onnx-engine.ts';
export { storedShape, toStored, fromStored } from './stored-layout.ts';
