/**
 * An error that a user can act on. Its message says who is at fault and what is wrong; the cure is kept apart from it, so
 * that one error can quote another. Whoever shows it to the user joins the two: see `withCure`.
 */
export class MedganError extends Error {
  override readonly name: string = 'MedganError';
  /** What the user can do; undefined where nothing is known. */
  readonly cure: string | undefined;

  constructor(message: string, options: { cure?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.cure = options.cure;
  }
}

/** A command line that cannot be carried out as it is written; a program ends with exit code 2. */
export class UsageError extends MedganError {
  override readonly name = 'UsageError';
}

/** The message of anything thrown, without a cure. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The message of anything thrown, and its cure on a line of its own where it has one. */
export function withCure(error: unknown): string {
  const cure = error instanceof MedganError ? error.cure : undefined;
  return cure ? `${messageOf(error)}\n  cure: ${cure}` : messageOf(error);
}
