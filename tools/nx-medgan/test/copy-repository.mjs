import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A throw-away copy of the repository as it lies here, committed or not. What was installed is shared by links, the
 * workspace's own packages are the copy's.
 * @param {string} repository
 * @param {string} copy a folder that is made
 */
export function copyRepository(repository, copy) {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: repository });
  for (const file of listed.toString().split('\0').filter(Boolean)) {
    const from = join(repository, file);
    if (!existsSync(from)) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(from, join(copy, file));
  }
  for (const folder of ['.', ...readdirSync(join(copy, 'packages')).map((name) => `packages/${name}`)])
    linkModules(join(repository, folder, 'node_modules'), join(copy, folder, 'node_modules'));
}

/** @param {string} from @param {string} to */
function linkModules(from, to) {
  if (!existsSync(from)) return;
  mkdirSync(to);
  for (const name of readdirSync(from).filter((each) => !each.startsWith('.') || each === '.bin')) {
    // Links lead to the workspace's packages, relative to where they lie.
    if (name === '@medgan' || lstatSync(join(from, name)).isSymbolicLink())
      cpSync(join(from, name), join(to, name), { recursive: true, verbatimSymlinks: true });
    else symlinkSync(join(from, name), join(to, name));
  }
}
