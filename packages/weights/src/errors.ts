/** What a weight file did wrong: who (the file), what, and the cure, in one line each. */
export class WeightsError extends Error {
  override readonly name = 'WeightsError';
  readonly cure: string | undefined;

  constructor(message: string, options: { cure?: string; cause?: unknown } = {}) {
    const text = options.cure ? `${message}\n  cure: ${options.cure}` : message;
    super(`[medgan] ${text}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.cure = options.cure;
  }
}

/** A name from an untrusted file, fit to be printed in one line of a message. */
export function quote(name: string): string {
  const cut = name.length > 120 ? `${name.slice(0, 117)}...` : name;
  return JSON.stringify(cut);
}
