import { writeRunRecord, type RunRecord } from './run-record.ts';

/** Writes the record of a run, and again when the engine native leaves a step to ONNX Runtime, which a resume must know. */
export class RecordWriter {
  readonly #runDir: string;
  readonly #reasons: string[];
  #record: RunRecord | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** `former` is the record of the part of the run that is there already. */
  constructor(runDir: string, former?: RunRecord) {
    this.#runDir = runDir;
    this.#reasons = [...(former?.engine.fallback ?? [])];
  }

  /** Writes the record for the first time. */
  async begin(record: RunRecord): Promise<void> {
    this.#record = record;
    this.#write();
    await this.#writing;
  }

  /** Adds why a step was left to ONNX Runtime. */
  fallsBack(reason: string): void {
    if (this.#reasons.includes(reason)) return;
    this.#reasons.push(reason);
    if (this.#record) this.#write();
  }

  #write(): void {
    const { engine, ...record } = this.#record!;
    const fallback = this.#reasons.length > 0 ? { fallback: [...this.#reasons] } : {};
    this.#writing = this.#writing.then(() =>
      writeRunRecord(this.#runDir, { ...record, engine: { ...engine, ...fallback } }),
    );
    // Whoever waits in `begin` or `end` gets the error; until then it must not end the process.
    this.#writing.catch(() => undefined);
  }

  /** Resolves when everything is written. @throws what kept the record from being written. */
  async end(): Promise<void> {
    await this.#writing;
  }
}
