import { relative } from 'node:path';
import { plural } from '@medgan/files';
import { type Column, markdownTable } from '@medgan/experiment-registry';
import {
  builtInPlugins,
  figureTitle,
  metricValueText,
  formatAge,
  type ListedRun,
  listRuns,
  systemClock,
} from '@medgan/runs';
import { note } from '../notes.ts';

const COLUMNS: readonly Column[] = [
  { title: 'run', align: 'left' },
  { title: 'state', align: 'left' },
  { title: 'step', align: 'right' },
  { title: 'best', align: 'left' },
  { title: 'changed', align: 'left' },
];

const stepText = ({ step, totalSteps }: ListedRun): string =>
  step === undefined ? '' : totalSteps === undefined ? String(step) : `${step}/${totalSteps}`;

/** `medgan runs [folder]`: every run in a folder, with its state, its step and its best figure. */
export async function runsCommand(folder: string, { json }: { readonly json: boolean }): Promise<number> {
  const runs = await listRuns(folder);
  if (json) {
    process.stdout.write(`${JSON.stringify(runs, undefined, 2)}\n`);
    return 0;
  }
  if (runs.length === 0) {
    note(`there is no run in ${folder}; medgan init writes a control file, medgan run trains by it`);
    return 0;
  }
  const plugins = builtInPlugins();
  const rows = runs.map((run) => {
    const { dir, state, best, changedAt, fault } = run;
    const figure =
      best && `${figureTitle(best.metric, plugins)} ${metricValueText(best.value)}, step ${best.step}`;
    const age = formatAge(systemClock.now() - changedAt);
    return [relative('.', dir) || '.', fault ?? state, stepText(run), figure ?? '', age];
  });
  process.stdout.write(`${markdownTable(COLUMNS, rows)}\n`);
  const open = runs.filter(({ state }) => state === 'interrupted' || state === 'killed');
  if (open.length > 0) note(`\n${plural(open.length, 'run')} can go on: medgan resume <run>`);
  return 0;
}
