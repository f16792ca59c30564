import { availableParallelism, totalmem } from 'node:os';
import { defined, plural } from '@medgan/files';
import pc from '../colours.ts';
import {
  ENGINE_NAMES,
  EngineError,
  examineEngine,
  isTensorflowEngine,
  startEngine,
  type EngineFinding,
} from '@medgan/engine';
import { systemClock, versions } from '@medgan/runs';

interface DoctorFinding {
  readonly engine: string;
  readonly works: boolean;
  readonly device?: string;
  readonly startMs?: number;
  readonly reason?: string;
  readonly cure?: string;
}

type Name = Exclude<(typeof ENGINE_NAMES)[number], 'eager'>;

async function start(engine: Name): Promise<EngineFinding> {
  try {
    const started = await startEngine(engine, { threads: availableParallelism() });
    const { device } = started;
    await started.dispose();
    return { device };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { reason: error.what.split('\n')[0]!, ...defined({ cure: error.cure }) };
  }
}

/** Each TensorFlow is started in a process of its own, because a process holds only one. */
async function examine(engine: Name): Promise<DoctorFinding> {
  const since = systemClock.monotonic();
  const threads = availableParallelism();
  const { device, reason, cure } = isTensorflowEngine(engine)
    ? await examineEngine({ engine, threads })
    : await start(engine);
  if (device === undefined) {
    return { engine, works: false, reason: reason ?? 'no reason was given', ...(cure ? { cure } : {}) };
  }
  return { engine, works: true, device, startMs: Math.round(systemClock.monotonic() - since) };
}

/** `medgan doctor`: which engines and devices work here, and why the others do not. */
export async function doctorCommand(options: { json: boolean }): Promise<number> {
  const engines: DoctorFinding[] = [];
  for (const name of ENGINE_NAMES) if (name !== 'eager') engines.push(await examine(name));
  const machine = {
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
  };
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ machine, versions: versions(), engines }, undefined, 2)}\n`);
    return 0;
  }
  process.stdout.write(`${machine.platform}, ${plural(machine.cores, 'core')}, ${machine.memoryGiB} GiB\n`);
  for (const [name, version] of Object.entries(versions())) process.stdout.write(`${name} ${version}\n`);
  process.stdout.write('\nengines (engine: in a control file; default: native where it works, else onnx)\n');
  for (const { engine, works, device, startMs, reason, cure } of engines) {
    const mark = works ? pc.green('works  ') : pc.dim('not here');
    const text = works ? `${device}, started in ${startMs} ms` : reason!;
    process.stdout.write(`  ${engine.padEnd(14)} ${mark.padEnd(9)} ${text}\n`);
    if (cure) process.stdout.write(`  ${' '.repeat(24)} cure: ${cure}\n`);
  }
  return engines.some((finding) => finding.works) ? 0 : 1;
}
