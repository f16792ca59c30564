import type { Engine } from '@medgan/engine';

/** An engine under test. */
export interface EngineSubject {
  /** Starts a new engine. */
  readonly start: () => Promise<Engine>;
}

/** Starts an engine, passes it to `body`, and frees it in every case. */
export async function useEngine<T>(
  { start }: EngineSubject,
  body: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await start();
  try {
    return await body(engine);
  } finally {
    await engine.dispose();
  }
}
