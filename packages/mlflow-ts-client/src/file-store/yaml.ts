type YamlScalar = string | number | bigint | null | readonly [];
export type YamlObject = Readonly<Record<string, YamlScalar | Readonly<Record<string, string>>>>;

// Beyond what JSON escapes: characters YAML does not take as they are.
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** YAML of a flat object. Every string is quoted: an id such as 1e10… would otherwise be read as a number. */
export function toYaml(object: YamlObject): string {
  return Object.entries(object)
    .map(([key, value]) => `${key}:${member(value)}\n`)
    .join('');
}

function member(value: YamlObject[string]): string {
  if (typeof value === 'string') return ` ${quoted(value)}`;
  if (Array.isArray(value)) return ' []';
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value as Readonly<Record<string, string>>);
    return entries.length === 0
      ? ' {}'
      : entries.map(([key, text]) => `\n  ${quoted(key)}: ${quoted(text)}`).join('');
  }
  return ` ${String(value)}`;
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(
    unprintable,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** One top-level string of a YAML file, as `toYaml` or PyYAML writes it on one line. */
export function readYamlString(yaml: string, key: string): string | undefined {
  const value = new RegExp(`^${key}: *(.*)$`, 'm').exec(yaml)?.[1]?.trim();
  if (value === undefined || value === '') return undefined;
  if (value.startsWith("'")) return value.slice(1, -1).replaceAll("''", "'");
  if (!value.startsWith('"')) return value;
  try {
    return JSON.parse(value) as string;
  } catch {
    return undefined;
  }
}
