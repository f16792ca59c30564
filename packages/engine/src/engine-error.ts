import { MedganError } from '@medgan/files';

/** An error of the engine that a user can act on: what is wrong, where, and the cure. */
export class EngineError extends MedganError {
  override readonly name = 'EngineError';
  /** The message without `engine: ` before it. */
  readonly what: string;

  constructor(what: string, options: { cure?: string | undefined; cause?: unknown } = {}) {
    super(`engine: ${what}`, options);
    this.what = what;
  }
}
