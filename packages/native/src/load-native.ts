import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { NativeAddon } from './addon.ts';

/** The add-on, or why there is none. */
export type LoadedNative =
  { readonly addon: NativeAddon; readonly file: string } | { readonly reason: string };

const require = createRequire(import.meta.url);

/** What `npm run build:native` makes. */
const BUILT = fileURLToPath(new URL('../build/medgan.node', import.meta.url));

/** Name of the package that holds the add-on for this machine: `@medgan/native-linux-x64-gnu`. */
function platformPackage(): string {
  const { platform, arch } = process;
  const suffix = platform === 'linux' ? `-${isMusl() ? 'musl' : 'gnu'}` : '';
  return `@medgan/native-${platform}-${arch}${suffix}`;
}

/** Node says with which C library it runs only in its report. */
function isMusl(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}

function open(file: string): LoadedNative {
  try {
    return { addon: require(file) as NativeAddon, file };
  } catch (error) {
    return { reason: `${file} cannot be loaded: ${(error as Error).message.split('\n')[0]}` };
  }
}

/** Loads what was built in this clone, else the package for this platform. */
export function loadNative(): LoadedNative {
  if (existsSync(BUILT)) return open(BUILT);
  const name = platformPackage();
  try {
    return open(require.resolve(name));
  } catch {
    return { reason: `it is not built, and ${name} is not installed` };
  }
}
