import type { Fault } from '@medgan/plugin-api';

/** Where a value of a trial's config was written. */
type Origin = { readonly yaml: readonly string[] } | { readonly flag: string };

/** One key of a control file and where its value comes from. */
export interface Assignment {
  readonly key: readonly string[];
  readonly value: unknown;
  readonly origin: Origin;
}

/** The assignments of a mapping of control keys that stands at `yaml`; a dotted key reaches into a nested one. */
export function layer(keys: Readonly<Record<string, unknown>>, yaml: readonly string[]): Assignment[] {
  return Object.entries(keys).map(([key, value]) => ({
    key: key.split('.'),
    value,
    origin: { yaml: [...yaml, key] },
  }));
}

/** Overrides from the command line. */
export function overrideLayer(overrides: Readonly<Record<string, unknown>>): Assignment[] {
  return Object.entries(overrides).map(([key, value]) => ({
    key: key.split('.'),
    value,
    origin: { flag: `--set ${key}` },
  }));
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The config that assignments make, a later one over an earlier one. */
export function configOf(assignments: readonly Assignment[]): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const { key, value } of assignments) {
    let at = config;
    for (const part of key.slice(0, -1)) {
      const below = Object.hasOwn(at, part) ? at[part] : undefined;
      const next = isObject(below) ? { ...below } : {};
      define(at, part, next);
      at = next;
    }
    define(at, key.at(-1)!, structuredClone(value));
  }
  return config;
}

/** As a plain assignment, but `__proto__` becomes a key like any other, and is refused as an unknown one. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

/** One key lies inside the other, or they are the same. */
export function overlaps(a: readonly string[], b: readonly string[]): boolean {
  return a.every((part, index) => index >= b.length || part === b[index]);
}

/** The assignment that decided what stands at `path` of the config, and the part of the path below its key. */
export function decided(
  assignments: readonly Assignment[],
  path: readonly string[],
): { assignment: Assignment; rest: readonly string[] } | undefined {
  if (path.length === 0) return undefined;
  const assignment = assignments.findLast(({ key }) => overlaps(key, path));
  return assignment && { assignment, rest: path.slice(assignment.key.length) };
}

/** A fault of a trial's config, as one of the experiment file or of a flag. */
export type PlacedFault = { readonly fault: Fault } | { readonly flag: string };

/** Says where a fault of a config is to be fixed; `fallback` is the place of what nobody wrote. */
export function placeFault(
  fault: Fault,
  { assignments, fallback }: { assignments: readonly Assignment[]; fallback: readonly string[] },
): PlacedFault {
  const found = decided(assignments, fault.path);
  if (!found) {
    const key = fault.path.join('.');
    return { fault: { ...fault, path: fallback, message: key ? `${key}: ${fault.message}` : fault.message } };
  }
  const { origin, value } = found.assignment;
  if ('yaml' in origin) return { fault: { ...fault, path: [...origin.yaml, ...found.rest] } };
  const cure = fault.cure === undefined ? '' : ` (${fault.cure})`;
  return {
    flag: `${origin.flag}=${JSON.stringify(value)}: ${[...found.rest, fault.message].join(': ')}${cure}`,
  };
}
