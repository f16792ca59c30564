import { setsTooSmall } from '@medgan/metrics';
import { MedganError } from '@medgan/files';
import {
  parseOptions,
  type Direction,
  type PairMetric,
  type SetMetric,
  type Plugins,
} from '@medgan/plugin-api';
import { chooseFeatures, type ChosenFeatures } from './features-spec.ts';

/** A figure that can choose a run's best checkpoint: `haarpsi`, or `kid@random-conv`. */
export type Figure = { readonly name: string; readonly direction: Direction } & (
  | { readonly kind: 'pair'; readonly metric: PairMetric; readonly options: object }
  | {
      readonly kind: 'set';
      readonly metric: SetMetric;
      /** The metric's value, without the extractor: `kid`. */
      readonly value: string;
      readonly features: ChosenFeatures;
    }
);

/** Why a figure of image sets has no value for `images` generated images, with as many real ones; undefined if it has. */
export function reasonAgainst({ metric }: Figure & { kind: 'set' }, images: number): string | undefined {
  const options = parseOptions<object>(metric.name, metric.options, {});
  return setsTooSmall(metric, { real: images, fake: images }, options);
}

/** A figure by its name. @throws MedganError for an unknown one */
export function chooseFigure(text: string, plugins: Plugins): Figure {
  const at = text.indexOf('@');
  if (at < 0) {
    const metric = plugins.pairMetrics.get(text);
    const options = parseOptions<object>(metric.name, metric.options, {});
    return { kind: 'pair', name: metric.name, direction: metric.direction, metric, options };
  }
  const wanted = text.slice(0, at);
  const features = chooseFeatures(text.slice(at + 1), plugins);
  const known: string[] = [];
  for (const metric of plugins.setMetrics.list()) {
    for (const { name, direction } of metric.values) {
      if (name === wanted) return { kind: 'set', name: text, direction, metric, value: name, features };
      known.push(name);
    }
  }
  throw new MedganError(`no set metric gives ${JSON.stringify(wanted)}; known: ${known.join(', ')}`, {
    cure: `write one of them before the @, such as ${known[0]}@${text.slice(at + 1)}`,
  });
}
