import { relative } from 'node:path';
import { readControl } from '../read-control.ts';
import { executeRun } from '../execute-run.ts';
import { EXIT_INTERRUPTED, interruptSignal } from '../interrupt.ts';
import { builtInPlugins } from '../plugins.ts';
import { TerminalReporter, duration } from '../terminal.ts';

export interface RunOptions {
  readonly set: readonly string[];
  readonly force: boolean;
}

/** `medgan run <control.yaml>`: trains one GAN. */
export async function runCommand(file: string, options: RunOptions): Promise<number> {
  const plugins = builtInPlugins();
  const { control, run } = await readControl(file, { set: options.set, plugins });
  const reporter = new TerminalReporter({ stream: process.stdout, logEvery: control.log_every });
  const { signal, release } = interruptSignal(() =>
    reporter.onNote('stopping after this step; Ctrl-C again ends at once, without saving'),
  );
  try {
    const result = await executeRun({ control, run, plugins, reporter, signal, force: options.force });
    const place = relative(process.cwd(), run.runDir) || '.';
    if (result.state === 'interrupted') {
      reporter.onNote(
        result.checkpoint === undefined
          ? 'interrupted before the first step; nothing to save'
          : `interrupted after step ${result.steps} of ${result.totalSteps}; saved in ${relative(process.cwd(), result.checkpoint)}`,
      );
      return EXIT_INTERRUPTED;
    }
    reporter.onNote(`${result.steps} steps in ${duration(result.seconds)}; everything is in ${place}/`);
    reporter.onNote(`  real beside generated: ${place}/real-fake-grid.png`);
    reporter.onNote(`  losses:                ${place}/loss.svg`);
    return 0;
  } finally {
    release();
  }
}
