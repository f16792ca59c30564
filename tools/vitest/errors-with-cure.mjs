/**
 * Shows an error in a snapshot as its user reads it: with its cure. It is known by its name, because vitest loads the
 * modules of a test after this one, and anew.
 */
export default {
  test: (value) => value instanceof Error && value.name !== 'MlflowError' && typeof value.cure === 'string',
  serialize: (error) => `[${error.name}: ${error.message}\n  cure: ${error.cure}]`,
};
