import { relative } from 'node:path';
import { OnnxEngine } from '@medgan/engine';
import { MedganError, writeFileAtomically } from '@medgan/files';
import { createRng } from '@medgan/plugin-api';
import { buildGan, type Updates } from '@medgan/trainer';
import { stepPage, stepText, stepView, type StepView } from '@medgan/pages';
import { ganSpec, readControl, readText, readGeneratorControl } from '@medgan/runs';

export interface EngineShowOptions {
  readonly set: readonly string[];
  readonly update?: keyof Updates;
  readonly html?: string;
  readonly json: boolean;
}

/** The training step of a control file, traced and laid open; no image is read. */
async function viewOf(file: string, { set, update }: EngineShowOptions): Promise<StepView> {
  if (readGeneratorControl({ file, text: await readText(file), force: false }, set)) {
    throw new MedganError(`${file} draws images and has no training step`, {
      cure: 'name a control file that trains: arch: DCGAN',
    });
  }
  const { run, plugins } = await readControl(file, set);
  const { config } = run;
  const engine = new OnnxEngine();
  try {
    const gan = buildGan(engine, ganSpec(config, plugins), createRng(config.seed));
    const shown = update ?? ((config.discriminatorSteps ?? 1) === 1 ? 'both' : 'discriminator');
    const { step, inputs } = gan.updates[shown];
    const inspection = engine.inspect(step, inputs(config.batchSize));
    return stepView(inspection, { gan, config, update: shown, folder: process.cwd() });
  } finally {
    await engine.dispose();
  }
}

/** `medgan engine show <control.yaml>`: the graph that ONNX Runtime is given for a training step. */
export async function engineShowCommand(file: string, options: EngineShowOptions): Promise<number> {
  const view = await viewOf(file, options);
  if (options.html !== undefined) await writeFileAtomically(options.html, await stepPage(view));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(view, undefined, 2)}\n`);
    return 0;
  }
  process.stdout.write(stepText(view));
  if (options.html !== undefined) {
    process.stdout.write(
      `\nevery operation is in ${relative(process.cwd(), options.html) || options.html}\n`,
    );
  }
  return 0;
}
