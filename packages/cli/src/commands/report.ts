import { join, relative, resolve } from 'node:path';
import { defined, plural } from '@medgan/files';
import { STUDY_FILES } from '@medgan/plugin-api';
import type { ConfigurationName } from '@medgan/experiment-registry';
import { type ReportInput, REPORT_MARK, writeReport } from '@medgan/pages';
import { describeMetrics, formatBytes, reportInputs } from '@medgan/runs';
import { note } from '../notes.ts';
import { guardOutput, type OutputKind } from '../guard-output.ts';

export interface ReportCommandOptions {
  readonly out: string;
  readonly runs: string;
  readonly configuration?: ConfigurationName;
  readonly dataNote?: string;
}

/** The page names the program in its first lines, the text begins with a mark; that of 0.1.0 with its heading. */
const REPORT: OutputKind = {
  name: 'a report of medgan',
  isOne: (start) =>
    ['<title>MedImageGAN', REPORT_MARK, '# Our figures beside the published ones'].some((text) =>
      start.includes(text),
    ),
};

/** `2 studies, 1 of them run; 3 single runs`. */
function counted(inputs: readonly ReportInput[]): string {
  const studies = inputs.filter(({ isRun = false }) => !isRun);
  const run = studies.filter(({ records }) => records.length > 0).length;
  const runs = inputs.length - studies.length;
  return [
    ...(studies.length > 0 ? [`${plural(studies.length, 'study', 'studies')}, ${run} of them run`] : []),
    ...(runs > 0 ? [plural(runs, 'single run')] : []),
  ].join('; ');
}

/** `medgan report [targets…]`: `index.html` and `RESULTS.md` out of studies and runs. */
export async function reportCommand(
  targets: readonly string[],
  options: ReportCommandOptions,
): Promise<number> {
  const [out, root] = [resolve(options.out), resolve(options.runs)];
  for (const name of ['index.html', STUDY_FILES.results]) await guardOutput(join(out, name), REPORT, true);
  const { studies, problems } = await reportInputs({
    targets,
    root,
    ...defined({ configuration: options.configuration }),
  });
  const { htmlPath, htmlBytes, markdownPath } = await writeReport({
    studies,
    out,
    describe: describeMetrics(),
    problems,
    ...defined({ dataNote: options.dataNote }),
  });
  const here = (path: string): string => relative(process.cwd(), path) || path;
  for (const problem of problems) process.stderr.write(`left out: ${problem}\n`);
  note(`${counted(studies)}\n${here(htmlPath)}, ${formatBytes(htmlBytes)}, one file\n${here(markdownPath)}`);
  return problems.length > 0 ? 1 : 0;
}
