import { MedganError, type FeatureRows } from '@medgan/plugin-api';

/** Two sets of feature vectors. */
export interface FeatureSets {
  readonly real: FeatureRows;
  readonly fake: FeatureRows;
}

/**
 * Why these sets are too small for a metric that needs `least` rows of each; undefined when they are not.
 * @throws MedganError when their dims differ or a feature is not finite.
 */
export function tooSmall(metric: string, { real, fake }: FeatureSets, least: number): string | undefined {
  if (real.dims !== fake.dims) {
    throw new MedganError(`${metric}: features of ${real.dims} and of ${fake.dims} dims`, {
      cure: 'extract both sets with one extractor',
    });
  }
  for (const [name, rows] of Object.entries({ real, fake })) {
    const bad = rows.values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new MedganError(
        `${metric}: feature of ${name} image ${Math.floor(bad / rows.dims)} is not finite`,
        {
          cure: 'look at the images and at the normalisation of the extractor',
        },
      );
    }
  }
  if (Math.min(real.count, fake.count) >= least) return undefined;
  return `needs ${least} images of each kind, got ${real.count} real and ${fake.count} fake`;
}
