/** Threads that run the parts of a step. */
export interface NativePool {
  readonly kind?: 'pool';
}

/** A loaded program. */
export interface NativeHandle {
  readonly kind?: 'program';
}

/** Host values of inputs and outputs: truth values are bytes. */
type Values = Float32Array | Int32Array | Uint8Array;

/** What the add-on offers; see addon.c. All of it throws an `Error` with a sentence where it is misused. */
export interface NativeAddon {
  /** The widest set of vector instructions that this processor has of those that were built. */
  readonly instructionSet: string;
  createPool(threads: number): NativePool;
  /**
   * Checks and prepares a program: program.h states the form of `code`. `slots` are the state, which the program reads
   * and writes while it runs.
   */
  load(
    pool: NativePool,
    code: Int32Array,
    constants: Float32Array,
    slots: readonly (Float32Array | Int32Array)[],
  ): NativeHandle;
  /**
   * Runs a program `steps` times. `inputs` and `outputs` are those of the first step, then those of the second, and so
   * on; they must not change until the promise is settled. Rejects where a step fails; those before it are done.
   */
  run(
    program: NativeHandle,
    steps: number,
    inputs: readonly Values[],
    outputs: readonly Values[],
  ): Promise<void>;
  /** Frees a program, which must not be running. */
  dispose(program: NativeHandle): void;
  /** Bytes that a program has allocated: arena, constants and scratch. */
  bytes(program: NativeHandle): number;
}
