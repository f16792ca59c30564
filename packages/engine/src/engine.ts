import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Accelerator } from './names.ts';

/** Element types of a step's inputs: images and latents are float32. */
export type DType = 'float32' | 'int32' | 'bool';

/** Host values of a tensor. */
export type Values = Float32Array | Int32Array | Uint8Array;

/** Shape and type of one input of a step. Image inputs are NHWC. */
export interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype?: DType;
}

/**
 * A training step: plain TF.js from input tensors to output tensors. It may read and assign variables of the engine
 * that runs it. It may not read a tensor's values or draw random numbers: a compiled step would repeat them at each call.
 */
export type Step = (inputs: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>;

/** How a variable is made. `values` are in stored layout: see `storedShape`. */
export interface VariableSpec {
  /** For messages and drawings; need not be unique. */
  readonly name: string;
  /** TF.js shape. */
  readonly shape: readonly number[];
  readonly dtype?: 'float32' | 'int32';
  /** Start values in stored layout; undefined = zeros. */
  readonly values?: Float32Array | Int32Array;
  readonly trainable?: boolean;
}

/** A step that is compiled for one set of input shapes. */
export interface Program {
  /** Runs the step once; resolves with the outputs' values, row by row in TF.js layout. */
  run(inputs: Readonly<Record<string, Values>>): Promise<Record<string, Values>>;
  /**
   * Runs the step once for each of `series`, one after the other, and resolves with the outputs of each. A GPU may do
   * them in one call, with the state kept there in between. When one fails, those before it may have run.
   */
  runSeries(series: readonly Readonly<Record<string, Values>>[]): Promise<Record<string, Values>[]>;
  /** Facts about the program, for people. */
  readonly description: ProgramDescription;
  /** Frees what the compiled step holds; it cannot run again. */
  dispose(): Promise<void>;
}

/** Facts about a program, for `medgan bench` and drawings. */
export interface ProgramDescription {
  /** Nodes of the executed graph, or 0 when the step runs eagerly. */
  readonly nodes: number;
  /** Milliseconds it took to trace, compile and load. */
  readonly compileMs: number;
}

/**
 * Runs TF.js steps. State lives in the engine between calls as `tf.Variable`s and is read out on demand.
 * Variables and programs of one engine work together; those of two engines do not.
 */
export interface Engine {
  /** One of `ENGINE_NAMES`, other than `eager`. Runs of two names may differ in their last bits. */
  readonly name: string;
  /** The kind of processor that it computes on. */
  readonly accelerator: Accelerator;
  /** Description of the processor, for people: `CPU, 2 threads`. */
  readonly device: string;
  /** Number of steps that `runSeries` runs best in one call; 1 where a call adds no cost to its steps. */
  readonly stepsPerCall: number;
  /** Makes a variable that lives in this engine until `dispose`; steps read and assign it by reference. */
  variable(spec: VariableSpec): Variable;
  /** The variable's values in stored layout, as a copy the caller owns. */
  read(variable: Variable): Promise<Float32Array | Int32Array>;
  /** Replaces the variable's values; `values` are in stored layout. */
  write(variable: Variable, values: Float32Array | Int32Array): void;
  /** Makes a step ready for inputs of these shapes and types. @throws EngineError for what a step may not do. */
  compile(step: Step, inputs: Readonly<Record<string, InputSpec>>): Promise<Program>;
  /** Frees every variable and program. */
  dispose(): Promise<void>;
}
