import { quote, WeightsError } from '../errors.ts';
import { raiseCure } from '../torch/limits.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Bounds of one pickle. */
export interface PickleLimits {
  readonly maxInstructions: number;
  readonly maxStack: number;
  readonly maxStringBytes: number;
}

/** What the owner of the pickle decides. */
export interface PickleHost {
  readonly who: string;
  readonly limits: PickleLimits;
  /** The meaning of `module.name`, or undefined to refuse it. */
  findGlobal(name: string): unknown;
  /** Whether attributes may be set on a value (they are dropped), beside dicts. */
  bearsAttributes(value: unknown): boolean;
  /** The object behind a persistent id. */
  loadPersistent(id: unknown): unknown;
}

/** The state of a pickle that is being read: a cursor over its bytes, the stack with its marks, and the memo. */
export class Machine {
  readonly host: PickleHost;
  readonly memo = new Map<number, unknown>();
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly stack: unknown[] = [];
  private readonly marks: number[] = [];
  position: number;

  constructor(host: PickleHost, bytes: Uint8Array, start: number) {
    this.host = host;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = start;
  }

  damaged(what: string): WeightsError {
    return new WeightsError(`${this.host.who}: ${what} (pickle, byte ${this.position})`, {
      cure: 'the file is damaged, cut short or no PyTorch state dict; copy or save it again',
    });
  }

  exceeds(what: string, limit: keyof PickleLimits): WeightsError {
    return new WeightsError(`${this.host.who}: ${what} (pickle, byte ${this.position})`, {
      cure: `no state dict needs that; ${raiseCure(limit)}`,
    });
  }

  refused(name: string): WeightsError {
    return new WeightsError(
      `${this.host.who}: refuses to run ${quote(name).slice(1, -1)}, which its pickle asks for`,
      {
        cure:
          'only tensors and plain containers are read, and nothing was run; ' +
          'if you trust the file, load it in Python and save the weights alone: torch.save(model.state_dict(), path)',
      },
    );
  }

  take(count: number): Uint8Array {
    if (count > this.bytes.byteLength - this.position)
      throw this.damaged('the data ends in the middle of a value');
    this.position += count;
    return this.bytes.subarray(this.position - count, this.position);
  }

  u8(): number {
    return this.take(1)[0]!;
  }

  u16(): number {
    return this.view.getUint16(this.skip(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  i32(): number {
    return this.view.getInt32(this.skip(4), true);
  }

  /** A length of 8 bytes; what does not fit in the data is refused by the `take` that follows. */
  u64(): number {
    return Number(this.view.getBigUint64(this.skip(8), true));
  }

  f64(): number {
    return this.view.getFloat64(this.skip(8), false);
  }

  /** The text up to the next line feed. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) throw this.damaged('the data ends in the middle of a line');
    const text = this.text(end - this.position);
    this.position++;
    return text;
  }

  text(byteLength: number): string {
    if (byteLength > this.host.limits.maxStringBytes)
      throw this.exceeds(`a string of ${byteLength} bytes`, 'maxStringBytes');
    return decoder.decode(this.take(byteLength));
  }

  push(value: unknown): void {
    if (this.stack.length >= this.host.limits.maxStack)
      throw this.exceeds('the stack grows too high', 'maxStack');
    this.stack.push(value);
  }

  pop(): unknown {
    const floor = this.marks.at(-1) ?? 0;
    if (this.stack.length <= floor) throw this.damaged('an instruction finds the stack empty');
    return this.stack.pop();
  }

  top(): unknown {
    const value = this.pop();
    this.stack.push(value);
    return value;
  }

  mark(): void {
    if (this.marks.length >= this.host.limits.maxStack)
      throw this.exceeds('the stack grows too high', 'maxStack');
    this.marks.push(this.stack.length);
  }

  /** Takes off all that lies above the last mark, and the mark. */
  popMark(): unknown[] {
    const floor = this.marks.pop();
    if (floor === undefined) throw this.damaged('an instruction misses its mark');
    return this.stack.splice(floor);
  }

  /** POP takes a mark off when nothing lies above it. */
  discard(): void {
    if (this.marks.length > 0 && this.marks.at(-1) === this.stack.length) this.marks.pop();
    else this.pop();
  }

  store(key: number): void {
    if (this.memo.size >= this.host.limits.maxStack)
      throw this.exceeds('the memo grows too large', 'maxStack');
    this.memo.set(key, this.top());
  }

  recall(key: number): void {
    if (!this.memo.has(key)) throw this.damaged(`the memo has no ${key}`);
    this.push(this.memo.get(key));
  }

  private skip(count: number): number {
    this.take(count);
    return this.position - count;
  }
}
