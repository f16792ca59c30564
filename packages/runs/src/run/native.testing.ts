import { EngineError, startEngine } from '@medgan/engine';

/**
 * True where the engine native works. Elsewhere the reason for skipping tests is printed; in CI it is an error, by
 * MEDGAN_NEEDS.
 */
export const isNativePresent = await startEngine('native').then(
  (engine) => engine.dispose().then(() => true),
  (error: unknown) => {
    if (!(error instanceof EngineError)) throw error;
    if ((process.env['MEDGAN_NEEDS'] ?? '').split(',').includes('native')) throw error;
    process.stderr.write(`skipped: ${error.message}\n`);
    return false;
  },
);
