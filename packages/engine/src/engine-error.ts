/** An error of the engine that a user can act on: what is wrong, where, and the cure. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** The message without what is around it. */
  readonly what: string;
  readonly cure: string | undefined;

  constructor(what: string, options: { cure?: string | undefined; cause?: unknown } = {}) {
    super(
      `[medgan] engine: ${options.cure ? `${what}\n  cure: ${options.cure}` : what}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.what = what;
    this.cure = options.cure;
  }
}
