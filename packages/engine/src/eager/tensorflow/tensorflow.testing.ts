import { findPackage, installCommand, type TensorflowEngineName } from './package.ts';

/**
 * True where the package of an engine is installed. Where it is not, the reason for skipping tests is printed, and it is
 * an error if MEDGAN_NEEDS names the engine, as it does in CI.
 */
export function isPresent(name: TensorflowEngineName): boolean {
  if (findPackage(name)) return true;
  const reason = `@tensorflow/${name} is not installed: ${installCommand(name)}`;
  if ((process.env['MEDGAN_NEEDS'] ?? '').split(',').includes(name)) throw new Error(reason);
  process.stderr.write(`skipped: ${reason}\n`);
  return false;
}
