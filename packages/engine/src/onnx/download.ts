import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sizeOf } from '../graph/graph.ts';
import { encodeModel } from './model.ts';

const FROM = 'device';
const TO = 'host';

/**
 * Fetches tensors from a device by a session with one `Identity`, because onnxruntime-node cannot download. The open
 * session also keeps the device: without any session there is no device, and tensors on it can no longer be freed.
 */
export class Downloader {
  readonly #provider: string;
  readonly #sessions = new Map<string, Promise<InferenceSession>>();

  constructor(provider: string) {
    this.#provider = provider;
  }

  #session(type: 'float32' | 'int32'): Promise<InferenceSession> {
    const made =
      this.#sessions.get(type) ??
      InferenceSession.create(
        encodeModel({
          name: 'download',
          nodes: [{ op: 'Identity', inputs: [FROM], outputs: [TO], attributes: {} }],
          initializers: [],
          inputs: [{ name: FROM, type, shape: ['size'] }],
          outputs: [{ name: TO, type, shape: ['size'] }],
        }),
        { executionProviders: [this.#provider, 'cpu'], logSeverityLevel: 3 },
      );
    this.#sessions.set(type, made);
    return made;
  }

  async open(): Promise<void> {
    await this.#session('float32');
  }

  /** The values of a tensor on the device. */
  async download(tensor: Tensor): Promise<Float32Array | Int32Array> {
    const type = tensor.type as 'float32' | 'int32';
    // The same memory as a vector: one session then serves tensors of every shape.
    const row = Tensor.fromGpuBuffer(tensor.gpuBuffer, { dataType: type, dims: [sizeOf(tensor.dims)] });
    const results = await (await this.#session(type)).run({ [FROM]: row });
    return results[TO]!.data as Float32Array | Int32Array;
  }

  async dispose(): Promise<void> {
    for (const session of this.#sessions.values()) await (await session).release();
    this.#sessions.clear();
  }
}
