/** An error of the engine that a user can act on: what is wrong, where, and the cure. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(message: string, options: { cure?: string; cause?: unknown } = {}) {
    super(
      `[medgan] engine: ${options.cure ? `${message}\n  cure: ${options.cure}` : message}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
  }
}
