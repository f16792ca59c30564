/** Ends an attempt when its caller gives up, or when nothing has moved for too long. */
export class Deadline {
  readonly signal: AbortSignal;
  #expired = false;
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #milliseconds: number;
  #timer: NodeJS.Timeout;

  constructor(milliseconds: number, outer: AbortSignal | undefined) {
    this.signal = this.#controller.signal;
    this.#milliseconds = milliseconds;
    this.#outer = outer;
    this.#timer = setTimeout(this.#expire, milliseconds);
    // Not AbortSignal.any: on Node 20 it keeps every attempt of a long-lived signal in memory.
    outer?.addEventListener('abort', this.#giveUp, { once: true });
    if (outer?.aborted) this.#giveUp();
  }

  /** True when time ran out, false when the caller gave up or nothing ended the attempt. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Something moved: the time starts anew. */
  touch(): void {
    if (this.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#expire, this.#milliseconds);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#giveUp);
  }

  readonly #expire = (): void => {
    this.#expired = true;
    this.#controller.abort();
  };

  readonly #giveUp = (): void => {
    this.#controller.abort(this.#outer?.reason);
  };
}
