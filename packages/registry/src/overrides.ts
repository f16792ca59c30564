import { MedganError } from '@medgan/plugin-api';
import { parseYaml } from './yaml/parse-yaml.ts';

const KEY = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$/;

/**
 * Reads `--set key=value` arguments: the value is YAML, so `0.9` is a number, `[melanoma]` a list and `""` an empty
 * text; a dotted key (`labels.real`) reaches into a nested one. A later argument wins.
 * @throws MedganError naming the argument.
 */
export function parseOverrides(settings: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    settings.map((setting) => {
      const [, key, value] = /^([^=]*)=(.*)$/s.exec(setting) ?? [];
      if (key === undefined || value === undefined || !KEY.test(key)) {
        throw new MedganError(`--set ${setting}: is not key=value`, { cure: 'write --set batch_size=16' });
      }
      return [key, value.trim() === '' ? null : parseYaml(value, `--set ${key}`).value];
    }),
  );
}
