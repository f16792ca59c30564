export { type ModelInput } from './batch-lists.ts';
export { ModelRecorder } from './model-recorder.ts';
export { onnxModel, type ModelRequest, type OnnxModelRequest } from './onnx-model.ts';
export { runOnnxModel, type ModelFeed } from './run-onnx-model.ts';
export { tfjsModel, type TfjsModel } from './tfjs-model.ts';
