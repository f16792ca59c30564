/** Tasks one after the other, in the order in which they are given; one that fails does not stop the next. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** True while nothing is under way. */
  get isIdle(): boolean {
    return this.#waiting === 0;
  }

  run<T>(task: () => T | Promise<T>): Promise<T> {
    this.#waiting++;
    const result = this.#last.then(task).finally(() => this.#waiting--);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when all that was given so far has ended. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
