let current: string | undefined;

/**
 * Names what `body` computes: `medgan engine show` groups a step's operations by the innermost scope they were called
 * in. The gradients of a scope's operations belong to whatever scope asks for them. It changes nothing that is computed,
 * and costs nothing on an eager engine.
 */
export function scope<T>(name: string, body: () => T): T {
  const outer = current;
  current = name;
  try {
    return body();
  } finally {
    current = outer;
  }
}

/** The innermost scope that is open. */
export const currentScope = (): string | undefined => current;
