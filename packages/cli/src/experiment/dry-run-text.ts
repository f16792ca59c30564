import { defined, plural } from '@medgan/files';
import { dump } from 'js-yaml';
import type { Study } from '@medgan/experiment-registry';

/** The resolved trials of studies, for people as YAML or for programs as JSON. */
export function dryRunText(studies: readonly Study[], { json }: { readonly json: boolean }): string {
  const resolved = studies.map(({ name, configuration, trials }) => ({
    study: name,
    configuration,
    trials: trials.map(({ id, label, group, continues, seed, config }) => ({
      id,
      label,
      group,
      ...defined({ continues }),
      seed,
      config,
    })),
  }));
  if (json) return `${JSON.stringify(resolved, undefined, 2)}\n`;
  return resolved
    .map(({ study, configuration, trials }) => {
      const parts = trials.map(
        ({ id, label, continues, config }) =>
          `\n# ${label}${continues === undefined ? '' : `, goes on from ${continues}`}\n` +
          dump({ [id]: config }, { noRefs: true }),
      );
      return `# ${study}: ${plural(trials.length, 'trial')}, configuration ${configuration}\n${parts.join('')}`;
    })
    .join('\n');
}
