import { WeightsError } from '../errors.ts';

/** What a file may cost, whatever it claims. */
export interface TorchLimits {
  /** Bytes of the file itself. Default 2 GiB. */
  readonly maxFileBytes: number;
  /**
   * Bytes allocated for unpacked entries and rearranged tensors together. Default 4 GiB; and never more than 64 MiB and
   * a hundred times the file.
   */
  readonly maxAllocatedBytes: number;
  /** Bytes of the pickle, without the numbers of the tensors. Default 32 MiB. */
  readonly maxPickleBytes: number;
  /** Instructions of the pickle. Default 2,000,000 (a tensor takes about 40). */
  readonly maxInstructions: number;
  /** Values on the pickle's stack, and in its memo. Default 500,000. */
  readonly maxStack: number;
  /** Bytes of one string. Default 1 MiB. */
  readonly maxStringBytes: number;
  /** Default 20,000. */
  readonly maxTensors: number;
}

/** What is allowed where `options.limits` says nothing else. */
export const defaultLimits: TorchLimits = {
  maxFileBytes: 2 ** 31,
  maxAllocatedBytes: 2 ** 32,
  maxPickleBytes: 2 ** 25,
  maxInstructions: 2_000_000,
  maxStack: 500_000,
  maxStringBytes: 2 ** 20,
  maxTensors: 20_000,
};

/** For files whose origin is known: as much as the machine gives. Damage is found all the same, and nothing is run. */
export const trustedLimits: TorchLimits = {
  maxFileBytes: Infinity,
  maxAllocatedBytes: Infinity,
  maxPickleBytes: Infinity,
  maxInstructions: Infinity,
  maxStack: Infinity,
  maxStringBytes: Infinity,
  maxTensors: Infinity,
};

/** What helps against a limit, on the command line and in code. */
export const raiseCure = (limit: keyof TorchLimits): string =>
  `if you trust the file, convert it with: medgan import --trust (in code: raise limits.${limit})`;

const FREE_BYTES = 2 ** 26;
const MAX_GROWTH = 100;

/** One reading of one file: its name in messages, its limits, and what is left of its memory. */
export class Reading {
  readonly who: string;
  readonly limits: TorchLimits;
  private left: number;
  private tensors = 0;

  constructor(who: string, limits: TorchLimits, fileBytes: number) {
    this.who = who;
    this.limits = limits;
    const { maxAllocatedBytes } = limits;
    this.left =
      maxAllocatedBytes === Infinity
        ? Infinity
        : Math.min(maxAllocatedBytes, FREE_BYTES + MAX_GROWTH * fileBytes);
  }

  /** Takes `bytes` off what may be allocated. Call it before allocating. @throws WeightsError when they are not left. */
  spend(bytes: number, what: string): void {
    if (bytes > this.left) {
      throw new WeightsError(
        `${this.who}: ${what} would take ${bytes} bytes of memory, ${this.left} are left to it`,
        {
          cure: `the file claims far more than it holds; ${raiseCure('maxAllocatedBytes')}`,
        },
      );
    }
    this.left -= bytes;
  }

  countTensor(): void {
    if (++this.tensors > this.limits.maxTensors) {
      throw this.exceeds(`more than ${this.limits.maxTensors} tensors`, 'maxTensors');
    }
  }

  exceeds(what: string, limit: keyof TorchLimits): WeightsError {
    return new WeightsError(`${this.who}: ${what}`, { cure: raiseCure(limit) });
  }

  damaged(what: string, cause?: unknown): WeightsError {
    return new WeightsError(`${this.who}: ${what}`, {
      cure: 'the file is damaged, cut short or no PyTorch state dict; copy or save it again',
      cause,
    });
  }
}
