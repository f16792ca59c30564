import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isBuilt } from '../packages/cli/bin/is-built.mjs';

const root = join(import.meta.dirname, '..');

/**
 * Arguments with which node runs a script of ours: by the packages as they are built where the build is no older than the
 * sources, else from TypeScript, which starts more slowly and is said once.
 * @param {string} script
 * @returns {string[]}
 */
export function ours(script) {
  const asBuilt = isBuilt(join(root, 'packages'));
  if (!asBuilt && !said) {
    said = true;
    console.error('not built (npm run build): ours runs from TypeScript, and starts more slowly');
  }
  return [...(asBuilt ? [] : ['--conditions=@medgan/source']), '--import', 'tsx', script];
}
let said = false;

/**
 * The Python that has the peers: PYTHON (empty: none), or the one that benchmarks/install-peers.sh made; undefined where there is none, and
 * only ours is measured.
 * @returns {string | undefined}
 */
export function peersPython() {
  const environment = join(root, '.venv-peers');
  // The stamp is written when all of them are installed.
  const made = existsSync(join(environment, '.peers')) ? join(environment, 'bin/python') : undefined;
  const python = (process.env.PYTHON ?? made) || undefined;
  if (python === undefined)
    console.error('no peers (benchmarks/install-peers.sh installs them): only ours is measured');
  return python;
}
