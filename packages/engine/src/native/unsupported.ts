/** A graph that the native engine does not run; `message` says what in it. The whole graph then goes to `onnx`. */
export class Unsupported extends Error {}
