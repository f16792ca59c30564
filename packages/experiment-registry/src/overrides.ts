import { UsageError } from '@medgan/files';
import { parseYaml } from './yaml/parse-yaml.ts';

const KEY = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$/;

/**
 * Reads `--set key=value` arguments, or those of another `flag`: the value is YAML, so `0.9` is a number, `[melanoma]` a list and `""` an empty
 * text; a dotted key (`labels.real`) reaches into a nested one. A later argument wins.
 * @throws UsageError naming the argument.
 */
export function parseOverrides(settings: readonly string[], flag = '--set'): Record<string, unknown> {
  return Object.fromEntries(
    settings.map((setting) => {
      const [, key, value] = /^([^=]*)=(.*)$/s.exec(setting) ?? [];
      if (key === undefined || value === undefined || !KEY.test(key)) {
        throw new UsageError(`${flag} ${setting}: is not key=value`, {
          cure: `write ${flag} ${flag === '--set' ? 'batch_size=16' : 'name=value'}`,
        });
      }
      return [key, value.trim() === '' ? null : parseYaml(value, `${flag} ${key}`).value];
    }),
  );
}

/**
 * Reads `--seeds 0,1,2`.
 * @throws UsageError for what is no whole number from 0 on, and for a seed given twice.
 */
export function parseSeeds(text: string): number[] {
  const seeds = text.split(',').map((part) => {
    if (/^\s*\d+\s*$/.test(part) && Number.isSafeInteger(Number(part))) return Number(part);
    throw new UsageError(`--seeds ${text}: ${JSON.stringify(part.trim())} is no seed`, {
      cure: 'give whole numbers from 0 on: --seeds 0,1,2',
    });
  });
  const twice = seeds.find((seed, index) => seeds.indexOf(seed) < index);
  if (twice !== undefined) {
    throw new UsageError(`--seeds ${text}: seed ${twice} is given twice`, { cure: 'remove one' });
  }
  return seeds;
}
