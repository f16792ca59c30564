import type { Variable } from '@tensorflow/tfjs-core';
import type { DType } from '../engine.ts';
import type { Attributes } from '../graph/graph.ts';

/** A step's graph as it was traced, or after one of the passes. */
export interface Stage {
  /** `traced`, or the name of the pass. */
  readonly name: string;
  readonly nodes: number;
  /** Nodes by TF.js kernel. */
  readonly kernels: Readonly<Record<string, number>>;
}

/** Shape and type of a tensor as the graph has it: images NCHW, filters in stored layout, inputs and outputs as TF.js. */
export interface InspectedTensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** A variable that the step uses. */
export interface InspectedState extends InspectedTensor {
  /** Not unique: variables of the same name differ in `variable`. */
  readonly name: string;
  readonly variable: Variable;
  readonly isRead: boolean;
  readonly isWritten: boolean;
}

/** Where a node gets an operand from: `index` counts the nodes, the inputs or the state of the inspection. */
export type Operand = InspectedTensor &
  (
    | { readonly from: 'node' | 'input' | 'state'; readonly index: number }
    /** `fill` is the value of all its elements, if they are equal. */
    | { readonly from: 'constant'; readonly fill: number | undefined }
  );

/** One operation of the graph. */
export interface InspectedNode extends InspectedTensor {
  readonly kernel: string;
  /** The ONNX operators that it is written as, in order. */
  readonly operators: readonly string[];
  readonly attributes: Attributes;
  readonly inputs: readonly Operand[];
  /** Multiplications of a convolution or a matrix product, each with its addition; 0 for every other kernel. */
  readonly multiplyAdds: number;
  /** The innermost `scope` of the step that it was called in. */
  readonly scope: string | undefined;
  /** Where the author's code called it: `judge (file:///…/step.ts:44:12)`. */
  readonly site: string | undefined;
}

/** A step as ONNX Runtime receives it, before its own optimisations. */
export interface StepInspection {
  /** The traced graph first, then the graph after each pass. */
  readonly stages: readonly Stage[];
  readonly inputs: readonly (InspectedTensor & { readonly name: string })[];
  /** `node` counts the nodes; undefined for an output that is an input, state or a constant. */
  readonly outputs: readonly (InspectedTensor & {
    readonly name: string;
    readonly node: number | undefined;
  })[];
  readonly state: readonly InspectedState[];
  /** In the order in which they are computed. */
  readonly nodes: readonly InspectedNode[];
  /** Number of ONNX nodes by operator, including those of constants and copies. */
  readonly operators: Readonly<Record<string, number>>;
}
