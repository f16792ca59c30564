/** An error a user can act on: who is at fault, what is wrong, and the cure, in one line each. */
export class MedganError extends Error {
  override readonly name: string = 'MedganError';
  readonly cure: string | undefined;

  constructor(message: string, options: { cure?: string; cause?: unknown } = {}) {
    const text = options.cure ? `${message}\n  cure: ${options.cure}` : message;
    super(`[medgan] ${text}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.cure = options.cure;
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
