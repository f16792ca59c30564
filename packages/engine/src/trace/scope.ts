let current: string | undefined;

/**
 * Names what `body` computes: `medgan engine show` groups a step's operations by the innermost scope they were called
 * in. Gradients of operations belong to the scope that asks for them. A scope changes no result.
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
