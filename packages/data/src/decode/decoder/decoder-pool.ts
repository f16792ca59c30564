import { Worker } from 'node:worker_threads';
import { MedganError, messageOf } from '@medgan/files';
import type { FileSettings } from './decode-file.ts';
import type { WorkerAnswer, WorkerJob } from './decode-worker.ts';

interface Waiting {
  readonly job: WorkerJob;
  readonly resolve: (answer: WorkerAnswer) => void;
  readonly reject: (reason: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  /** Jobs sent and not answered, oldest first. */
  readonly waiting: Waiting[];
}

function startWorker(settings: FileSettings): Worker {
  const workerData = { ...settings };
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./decode-worker.js', import.meta.url), { workerData });
  return new Worker(new URL('../../../source-worker.mjs', import.meta.url), {
    workerData,
    execArgv: ['--conditions=@medgan/source'],
  });
}

/** Threads that decode files. Whoever makes a pool closes it. */
export class DecoderPool {
  readonly #threads: Thread[];
  #failure: { readonly reason: unknown } | undefined;

  constructor(threads: number, settings: FileSettings) {
    this.#threads = Array.from({ length: threads }, () => this.#start(settings));
  }

  #start(settings: FileSettings): Thread {
    const thread: Thread = { worker: startWorker(settings), waiting: [] };
    thread.worker.on('message', (answer: WorkerAnswer) => thread.waiting.shift()!.resolve(answer));
    thread.worker.on('error', (error) => this.#lose(thread, messageOf(error)));
    thread.worker.on('exit', (code) => this.#lose(thread, `exit code ${code}`));
    return thread;
  }

  /** A thread that ends by itself takes the decoding with it: what it held may be what ended it. */
  #lose({ waiting }: Thread, reason: string): void {
    const paths = waiting[0]?.job.paths ?? [];
    const where = paths.length > 0 ? ` while reading ${paths[0]} … ${paths.at(-1)}` : '';
    this.fail(
      new MedganError(`a decoder thread ended${where}: ${reason}`, {
        cure: 'look at these files, move the culprit away, or use fewer workers if memory is short',
      }),
    );
  }

  /** Ends all that is under way, and all that is asked for from now on, with this reason. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    for (const { waiting } of this.#threads)
      for (const { reject } of waiting.splice(0)) reject(this.#failure.reason);
  }

  /** Gives the job to the thread with the least to do. */
  decode(job: WorkerJob): Promise<WorkerAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure.reason as Error);
        return;
      }
      const thread = this.#threads.reduce((a, b) => (b.waiting.length < a.waiting.length ? b : a));
      thread.waiting.push({ job, resolve, reject });
      thread.worker.postMessage(job);
    });
  }

  /** Ends the threads and waits until they are gone. */
  async close(): Promise<void> {
    this.fail(new Error('the decoder pool is closed'));
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }
}
