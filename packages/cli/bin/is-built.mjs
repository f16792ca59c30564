import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What no build makes: see tsconfig.build.json. */
const NOT_BUILT = /\.(d|test|testing|test-cases)\.ts$/;

/**
 * Whether every package of the repository has been built since its last change: each source has a file in `dist`, and
 * none is newer than it.
 * @param {string} packages the folder of all packages
 */
export function isBuilt(packages) {
  return readdirSync(packages)
    .filter((name) => existsSync(join(packages, name, 'src')))
    .every((name) => isPackageBuilt(join(packages, name)));
}

/** @param {string} folder of a package */
function isPackageBuilt(folder) {
  return readdirSync(join(folder, 'src'), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts') && !NOT_BUILT.test(file))
    .every((file) => {
      const built = statSync(join(folder, 'dist', file.replace(/ts$/, 'js')), { throwIfNoEntry: false });
      return built !== undefined && built.mtimeMs >= statSync(join(folder, 'src', file)).mtimeMs;
    });
}
