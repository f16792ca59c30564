import { load, YAMLException } from 'js-yaml';

/**
 * What Nx shows of an experiment file. A file that is no YAML still gets its target: the description says what is
 * wrong, and running the target makes `medgan` report it in full.
 * @param {string} text
 * @param {string} file
 * @returns {{ description: string, fault?: string }}
 */
export function describeExperiment(text, file) {
  const fault = (/** @type {string} */ message) => ({
    description: `cannot run: ${message}`,
    fault: message,
  });
  let value;
  try {
    value = load(text, { filename: file });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { line = 0, column = 0 } = error.mark ?? {};
    return fault(`${file}:${line + 1}:${column + 1}: ${error.reason}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fault(`${file}: is no experiment (title, question, base, vary)`);
  }
  const { title, question, extends: base } = /** @type {Record<string, unknown>} */ (value);
  const parts = [title, question].filter((part) => typeof part === 'string' && part !== '');
  if (parts.length === 0 && typeof base === 'string') return { description: `As ${base}` };
  if (parts.length === 0) return fault(`${file}: has neither title nor question`);
  return { description: parts.map((part) => String(part).trim()).join(': ') };
}
