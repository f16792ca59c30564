import type { TensorInfo } from '@tensorflow/tfjs-core';
import { tf } from '../../tf.ts';

/** An attribute of a TensorFlow operation, as the binding takes it. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | readonly number[];
}

/** What is used of the backend that @tensorflow/tfjs-node and @tensorflow/tfjs-node-gpu register as `tensorflow`. */
export interface TensorflowBackend {
  /** True when @tensorflow/tfjs-node-gpu registered it. */
  readonly isGPUPackage: boolean;
  /** True when TensorFlow found a GPU: it then computes there, in either package. */
  readonly isUsingGpuDevice: boolean;
  readonly binding: {
    readonly TF_Version: string;
    readonly TF_FLOAT: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_ATTR_STRING: number;
    readonly TF_ATTR_INT: number;
  };
  /** Runs one TensorFlow operation that has one output. */
  executeSingleOutput(
    operation: string,
    attributes: readonly OpAttribute[],
    inputs: readonly TensorInfo[],
  ): TensorInfo;
}

/** TF.js's name of the backend, in both packages. */
export const BACKEND = 'tensorflow';

/** The backend that this process has; undefined before either package is loaded. */
export const loadedBackend = (): TensorflowBackend | undefined =>
  (tf.findBackend(BACKEND) as unknown as TensorflowBackend | null) ?? undefined;
