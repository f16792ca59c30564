import { MedganError } from '@medgan/files';
import { validateOptions, type Fault } from '@medgan/plugin-api';
import { parseYaml, type PlacedDocument, type YamlDocument } from './parse-yaml.ts';

const FOUND_LENGTH = 40;

/** The value at `path`, or undefined when the path leads nowhere. */
function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, key)
        ? (at as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}

function found(value: unknown): string {
  if (value === null) return 'nothing';
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > FOUND_LENGTH ? `${text.slice(0, FOUND_LENGTH)}…` : text;
}

/**
 * Faults as lines `file.yaml:12: batch_size: must be integer, found "a" (cure)`, in the order of the file; those of
 * files that it extends follow.
 */
export function placeFaults(document: PlacedDocument, faults: readonly Fault[]): string[] {
  const placed = faults.map((fault) => {
    const { file, line } = document.placeOf(fault.path);
    const value = valueAt(document.value, fault.path);
    const seen = /^must /.test(fault.message) && value !== undefined ? `, found ${found(value)}` : '';
    const key = fault.path.join('.');
    const cure = fault.cure === undefined ? '' : ` (${fault.cure})`;
    return { file, line, text: `${file}:${line}: ${key ? `${key}: ` : ''}${fault.message}${seen}${cure}` };
  });
  const rank = ({ file }: { file: string }): number => (file === document.file ? 0 : 1);
  placed.sort((a, b) => rank(a) - rank(b) || a.file.localeCompare(b.file) || a.line - b.line);
  return [...new Set(placed.map(({ text }) => text))];
}

/** One error that lists every fault of a document, each with its line. */
export function faultsError(document: PlacedDocument, faults: readonly Fault[]): MedganError {
  const lines = placeFaults(document, faults);
  if (lines.length === 1) return new MedganError(lines[0]!);
  return new MedganError(`${document.file} has ${lines.length} faults:\n  ${lines.join('\n  ')}`);
}

/** A YAML text, the name errors give it, and the schema of its value. */
export interface YamlCheck {
  readonly file: string;
  readonly text: string;
  /** JSON Schema (draft 7); its defaults are filled in. */
  readonly schema: object;
}

/**
 * Parses and checks a YAML file; `value` has the schema's defaults filled in.
 * @throws MedganError for a syntax error; one for all faults against the schema, each with line and cure.
 */
export function checkYaml<T>({ file, text, schema }: YamlCheck): YamlDocument<T> {
  const document = parseYaml(text, file);
  const { value, faults } = validateOptions<T>(schema, document.value);
  if (faults.length > 0) throw faultsError(document, faults);
  return { ...document, value };
}
