import { resolve } from 'node:path';
import { FileStore } from 'mlflow-ts-client/file-store';
import { systemClock } from '../system-clock.ts';
import { LONE_RUNS } from '../tracking/destination.ts';
import { exportTarget } from '../tracking/export-target.ts';
import { asMedganError } from '../tracking/mlflow-fault.ts';
import { findTargets } from '../tracking/targets.ts';

export interface MlflowExportOptions {
  readonly out: string;
  readonly checkpoints: boolean;
}

/** `medgan mlflow export-filestore <folders…>`: writes them as an `mlruns` folder, for those without a server. */
export async function mlflowExportCommand(
  folders: readonly string[],
  { out, checkpoints }: MlflowExportOptions,
): Promise<number> {
  const store = new FileStore(resolve(out), { now: () => systemClock.now() });
  const name = process.env['MLFLOW_EXPERIMENT_NAME'];
  let [runs, points, notFinite] = [0, 0, 0];
  try {
    for (const target of await findTargets(folders)) {
      const written = await exportTarget(target, {
        experimentOf: (study) => store.experiment(name || (study?.record.experiment ?? LONE_RUNS)),
        checkpoints,
      });
      runs += written.runs;
      points += written.points;
      notFinite += written.notFinite;
    }
  } catch (error) {
    throw asMedganError(error);
  }
  const left = notFinite === 0 ? '' : `; ${notFinite} values that are no numbers were left out`;
  process.stdout.write(`${runs} runs with ${points} points in ${store.root}${left}\n`);
  process.stdout.write(
    `  into MLflow: mlflow migrate-filestore --source ${out} --target sqlite:///mlflow.db\n`,
  );
  return 0;
}
