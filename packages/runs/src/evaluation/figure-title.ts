import type { Plugins } from '@medgan/plugin-api';
import { jsonKey } from './score-pairs.ts';

/**
 * How texts write a figure that files name by its plugin: `haarpsi` is HaarPSI, `kid@random-conv` is KID@random-conv,
 * `ms_gmsd` of a JSON file is MS-GMSD. The name itself where no plugin has it.
 */
export function figureTitle(name: string, { pairMetrics, setMetrics }: Plugins): string {
  const [value = '', ...features] = name.split('@');
  const pair = pairMetrics.list().find((metric) => jsonKey(metric.name) === jsonKey(value));
  const set = setMetrics
    .list()
    .flatMap((metric) => metric.values)
    .find((declared) => declared.name === value);
  return [pair?.title ?? set?.title ?? value, ...features].join('@');
}
