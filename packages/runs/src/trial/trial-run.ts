import { dirname, resolve } from 'node:path';
import { validateOptions, type Fault, type Plugins } from '@medgan/plugin-api';
import type { ControlRules, Identify, Trial, TrialIdentity } from '@medgan/experiment-registry';
import { absolutePaths, fileOptionsOf } from '../control/absolute-paths.ts';
import { CONTROL_SCHEMA, type ControlFile } from '../control/control-schema.ts';
import { openImages } from '../run/run-data.ts';
import type { RunContext } from '../run/run-reporter.ts';
import { resolveControl, type ResolvedRun } from '../control/resolve-control.ts';
import { withAbsolutePlugins } from './study-plugins.ts';

/** Nx runs a target from the workspace's root; a relative folder is meant from where the user stood. */
export const fromWhereCalled = (folder: string): string =>
  resolve(process.env['INIT_CWD'] ?? process.cwd(), folder);

/** What a control file must be, for the registry, which knows nothing of it. */
export function controlRules(plugins: Plugins): ControlRules {
  return {
    complete: (written, fileOf) => {
      const folderOf = (key: string): string => dirname(fileOf(key));
      const fileOptions = fileOptionsOf(written, plugins);
      const { control: placed } = absolutePaths(written, { folderOf, fileOptions });
      const config = withAbsolutePlugins(placed, folderOf('plugins'));
      const folder = process.env['MEDGAN_DATA'];
      const wants = config['dataset'] === 'image-folder' && config['path'] === undefined && folder;
      return wants ? { ...config, path: fromWhereCalled(folder) } : config;
    },
    validate: (config): readonly Fault[] => {
      const { value, faults } = validateOptions<ControlFile>(CONTROL_SCHEMA, config);
      return faults.length > 0 ? faults : resolveControl(value, plugins).faults.map(naming);
    },
  };
}

/** A study is given its folder by an option, not by a key of the file. */
const naming = (fault: Fault): Fault =>
  fault.path[0] === 'path'
    ? { ...fault, cure: 'name a folder with --data <folder>, or set MEDGAN_DATA' }
    : fault;

/** A trial as a run. Its config was found right when the study was expanded. */
export function trialRun(
  { id, config }: Pick<Trial, 'id' | 'config'>,
  plugins: Plugins,
): { readonly control: ControlFile; readonly run: ResolvedRun } {
  const control = validateOptions<ControlFile>(CONTROL_SCHEMA, { ...config, run: id }).value;
  return { control, run: resolveControl(control, plugins).run! };
}

/**
 * Finds what decides a trial's numbers: neither its thread count nor how often it logs, draws and saves. Each trial is
 * resolved once. Trials that differ in the network only share their data, which is opened once.
 */
export function trialIdentities(plugins: Plugins, context: RunContext): Identify {
  const fingerprints = new Map<string, Promise<string>>();
  const read = async (run: ResolvedRun): Promise<string> => {
    const images = await openImages(run, context);
    await images.close();
    return images.fingerprint;
  };
  const fingerprintOf = (run: ResolvedRun): Promise<string> => {
    const { dataset, ...data } = run.data;
    const key = JSON.stringify([dataset.name, data, run.config.sizes, run.config.seed]);
    const known = fingerprints.get(key) ?? read(run);
    fingerprints.set(key, known);
    return known;
  };
  const identify = async (trial: Parameters<Identify>[0]): Promise<TrialIdentity> => {
    const { run } = trialRun(trial, plugins);
    const { cadence, ...config } = run.config;
    const { evaluateEvery } = cadence;
    return { config: { ...config, evaluateEvery, engines: run.engines }, data: await fingerprintOf(run) };
  };
  const identities = new WeakMap<object, Promise<TrialIdentity>>();
  return (trial) => {
    const known = identities.get(trial.config) ?? identify(trial);
    identities.set(trial.config, known);
    return known;
  };
}
