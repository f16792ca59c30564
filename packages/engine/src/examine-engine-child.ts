/** The process of `examineEngine`: starts the engine that its argument names, and sends what became of it. */
import { startTensorflow } from './eager/tensorflow/start.ts';
import { isTensorflowEngine } from './eager/tensorflow/package.ts';
import { EngineError } from './engine-error.ts';
import type { EngineName } from './names.ts';
import { probeTraining } from './probe.ts';
import { startEngine } from './resolve.ts';

/** What is asked of the process. */
export interface ExamineRequest {
  readonly engine: Exclude<EngineName, 'eager'>;
  readonly threads: number;
  /** Lets tfjs-node-gpu compute on the CPU: to look at an installation on a machine without a GPU. */
  readonly allowCpu?: boolean;
}

/** What became of it. */
export interface ExamineReply {
  readonly device?: string;
  readonly reason?: string;
  readonly cure?: string;
  /** What the engine wrote to the terminal. */
  readonly written?: string;
}

async function examine({ engine: name, threads, allowCpu = false }: ExamineRequest): Promise<ExamineReply> {
  try {
    const engine =
      allowCpu && isTensorflowEngine(name)
        ? await startTensorflow({ name, threads }, { allowCpu })
        : await startEngine(name, { threads });
    if (allowCpu) await probeTraining(engine);
    const { device } = engine;
    await engine.dispose();
    return { device };
  } catch (error) {
    if (error instanceof EngineError)
      return { reason: error.what, ...(error.cure ? { cure: error.cure } : {}) };
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

process.send!(await examine(JSON.parse(process.argv[2]!) as ExamineRequest));
process.disconnect();
