import {
  normaliseNames,
  readWeightsFile,
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
 * Reads safetensors or what torch.save wrote, from any device: no `module.` before the names, spectral norm under its
 * classic names, floats of any width as float32; counters stay the integers they are.
 * @throws WeightsError
 */
export async function readPlainWeights(path: string, options: TorchOptions = {}): Promise<PlainWeights> {
  const { tensors, metadata } = await readWeightsFile(path, options);
  const plain = new Map<string, TensorData>();
  for (const [name, tensor] of normaliseNames(tensors)) {
    plain.set(name, FLOATS.includes(tensor.dtype) ? toFloat32(tensor) : tensor);
  }
  return { tensors: plain, metadata };
}
