import { readdirSync } from 'node:fs';

/** The GPUs of this machine that CUDA may use, by the names that CUDA_VISIBLE_DEVICES takes; none where there is none. */
export function visibleGpus(env: NodeJS.ProcessEnv = process.env): string[] {
  const visible = env['CUDA_VISIBLE_DEVICES'];
  if (visible !== undefined) return visible.split(',').filter((name) => name.trim() !== '');
  try {
    return readdirSync('/dev')
      .flatMap((name) => /^nvidia(\d+)$/.exec(name)?.[1] ?? [])
      .sort((a, b) => Number(a) - Number(b));
  } catch {
    return [];
  }
}

/** Places for trials on GPUs: each trial has one device to itself, or shares it with as many as are allowed. */
export class GpuSlots {
  /** Trials on each device. */
  readonly #used: Map<string, number>;
  readonly #each: number;
  readonly #waiting: (() => void)[] = [];

  constructor(devices: readonly string[], each: number) {
    this.#used = new Map(devices.map((device) => [device, 0]));
    this.#each = each;
  }

  /** Waits for a place on the device with the fewest trials. Undefined where there is no device, and after an abort. */
  async take(signal: AbortSignal): Promise<string | undefined> {
    if (this.#used.size === 0) return undefined;
    for (;;) {
      if (signal.aborted) return undefined;
      const [device, count] = [...this.#used].reduce((best, each) => (each[1] < best[1] ? each : best));
      if (count < this.#each) {
        this.#used.set(device, count + 1);
        return device;
      }
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  give(device: string): void {
    this.#used.set(device, this.#used.get(device)! - 1);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
