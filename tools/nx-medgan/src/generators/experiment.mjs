import { formatFiles, logger } from '@nx/devkit';
import { COMMON } from '../plugin.mjs';
import { assertKebabCase, refusal } from './names.mjs';
import { writeTemplates } from './templates.mjs';

/**
 * Writes `experiments/<name>.yaml`: a study that runs in minutes as it stands.
 * @param {import('@nx/devkit').Tree} tree
 * @param {{ name: string, question: string, arch: string, vary: string }} options
 * @returns {Promise<import('@nx/devkit').GeneratorCallback>}
 * @throws when the name cannot be used, or `vary` is not key=value,value
 */
export async function scaffoldExperiment(tree, { name, question, arch, vary }) {
  assertKebabCase('the experiment', name);
  if (Object.hasOwn(COMMON, name))
    throw refusal(`the experiment cannot be called ${name}: that is an Nx target`, 'choose another name');
  const [, key, values] = /^([a-z_]+(?:\.[a-z_]+)*)=([^,\s]+(?:,[^,\s]+)*)$/.exec(vary) ?? [];
  if (key === undefined)
    throw refusal(`--vary ${JSON.stringify(vary)} is no key=value,value`, 'write --vary batch_size=16,64');

  const title = name.replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase());
  const [path] = writeTemplates(
    tree,
    { from: 'experiment', to: 'experiments' },
    { name, title, arch, key, values: values.split(',').join(', '), question: JSON.stringify(question) },
  );
  await formatFiles(tree);
  return () =>
    logger.info(`
It runs as it stands. Now ask your own question: ${path}
  see its trials   npx medgan experiment show ${name}
  run it           npx nx run experiments:${name}`);
}
