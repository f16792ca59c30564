import { availableParallelism } from 'node:os';
import { enginesToTry, resolveEngine, type EngineName } from '@medgan/engine';
import { replay } from '@medgan/trainer';
import { builtInPlugins } from '@medgan/runs';

export interface ParityOptions {
  readonly engine?: EngineName;
  readonly threads?: number;
  readonly tolerance: number;
  readonly json: boolean;
}

/**
 * `medgan parity <case-dir>`: replays a trajectory recorded from PyTorch; 1 when an error passes the tolerance. The engine
 * native replays it in `exact`.
 */
export async function parityCommand(directory: string, options: ParityOptions): Promise<number> {
  const { architectures, objectives } = builtInPlugins();
  const { engine } = await resolveEngine(enginesToTry(options.engine, false), {
    threads: options.threads ?? availableParallelism(),
    precision: 'exact',
  });
  try {
    const report = await replay({
      directory,
      engine,
      architectures,
      objective: objectives.get('bce'),
      tolerance: options.tolerance,
    });
    if (options.json) {
      process.stdout.write(`${JSON.stringify(report)}\n`);
    } else {
      process.stdout.write(`${report.case} on ${report.engine}, relative error of the losses\n`);
      for (const { step, discriminator, generator } of report.steps) {
        process.stdout.write(
          `  step ${step}  D ${discriminator.toExponential(1)}  G ${generator.toExponential(1)}\n`,
        );
      }
      process.stdout.write(
        `weights ${report.max_weight_error.toExponential(1)} (${report.worst_tensor}), ` +
          `images ${report.max_image_error.toExponential(1)}, tolerance ${report.tolerance}: ` +
          `${report.ok ? 'equal' : 'DIFFERENT'}\n`,
      );
    }
    return report.ok ? 0 : 1;
  } finally {
    await engine.dispose();
  }
}
