import {
  normaliseNames,
  openWeightsFile,
  pickStateDict,
  toFloat32,
  type TensorData,
  type TorchOptions,
} from '@medgan/weights';

/** A state dict under plain names, in float32. */
export interface PlainWeights {
  readonly tensors: ReadonlyMap<string, TensorData>;
  /** Of a safetensors file; PyTorch's files have none. */
  readonly metadata: Readonly<Record<string, string>>;
}

const FLOATS: readonly string[] = ['F16', 'BF16', 'F64'];

/**
 * Tensors as this program uses them: no `module.` before the names, spectral norm under its classic names, floats of any
 * width as float32; integers as they are.
 */
export function plainTensors(tensors: ReadonlyMap<string, TensorData>): Map<string, TensorData> {
  const plain = new Map<string, TensorData>();
  for (const [name, tensor] of normaliseNames(tensors)) {
    plain.set(name, FLOATS.includes(tensor.dtype) ? toFloat32(tensor) : tensor);
  }
  return plain;
}

/**
 * Reads safetensors or what torch.save wrote, from any device, as `plainTensors` has it: the one state dict of the file,
 * or that which `options.key` names.
 * @throws WeightsError
 */
export async function readPlainWeights(path: string, options: TorchOptions = {}): Promise<PlainWeights> {
  const opened = await openWeightsFile(path, options);
  const { dict, prefix } = pickStateDict(opened, options.key);
  return { tensors: plainTensors(dict.read(prefix)), metadata: opened.metadata };
}
