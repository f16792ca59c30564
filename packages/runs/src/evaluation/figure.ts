import {
  MedganError,
  createRng,
  parseOptions,
  type Direction,
  type FeatureRows,
  type PairMetric,
  type SetMetric,
  type SetValue,
  type Plugins,
} from '@medgan/plugin-api';
import { chooseFeatures, type ChosenFeatures } from './features-spec.ts';

/** A figure that can choose a run's best checkpoint: `haarpsi`, or `kid@random-conv`. */
export type Figure = { readonly name: string; readonly direction: Direction } & (
  | { readonly kind: 'pair'; readonly metric: PairMetric; readonly options: object }
  | { readonly kind: 'set'; readonly metric: SetMetric; readonly features: ChosenFeatures }
);

/** What a set metric computes of so many images that are all alike, which it tells of any number, 0 too. */
function valuesOf(metric: SetMetric, count: number): readonly SetValue[] {
  const rows: FeatureRows = { count, dims: 1, values: new Float64Array(count) };
  const options = parseOptions<object>(metric.name, metric.options, {});
  return metric.compute({ real: rows, fake: rows }, options, { rng: createRng(0) });
}

/** Why a figure of image sets has no value for so many images, however many there are to compare them with. */
export function reasonAgainst(
  { name, metric }: Figure & { kind: 'set' },
  images: number,
): string | undefined {
  const [wanted] = name.split('@');
  return valuesOf(metric, images).find((value) => value.name === wanted)?.reason;
}

/** A figure by its name. @throws MedganError for an unknown one. */
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
    for (const { name, direction } of valuesOf(metric, 0)) {
      if (name === wanted) return { kind: 'set', name: text, direction, metric, features };
      known.push(name);
    }
  }
  throw new MedganError(`no set metric gives ${JSON.stringify(wanted)}; known: ${known.join(', ')}`, {
    cure: `write one of them before the @, such as ${known[0]}@${text.slice(at + 1)}`,
  });
}
