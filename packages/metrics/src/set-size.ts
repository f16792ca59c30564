import { MedganError, type FeatureRows } from '@medgan/plugin-api';

/** Two sets of feature vectors. */
export interface FeatureSets {
  readonly real: FeatureRows;
  readonly fake: FeatureRows;
}

/** @throws MedganError if the dims of two sets differ or a feature is not finite; `who` names the caller in the message */
export function checkFeatures(who: string, { real, fake }: FeatureSets): void {
  if (real.dims !== fake.dims) {
    throw new MedganError(`${who}: features of ${real.dims} and of ${fake.dims} dims`, {
      cure: 'extract both sets with one extractor',
    });
  }
  for (const [name, rows] of Object.entries({ real, fake })) {
    const bad = rows.values.findIndex((value) => !Number.isFinite(value));
    if (bad < 0) continue;
    throw new MedganError(`${who}: feature of ${name} image ${Math.floor(bad / rows.dims)} is not finite`, {
      cure: 'check the images and the normalisation of the extractor',
    });
  }
}

/** Why sets of `real` and `fake` images are too small if each needs `minimum` images; undefined if they are not. */
export function tooSmall(
  sets: { readonly real: number; readonly fake: number },
  minimum: number,
): string | undefined {
  if (Math.min(sets.real, sets.fake) >= minimum) return undefined;
  return `needs ${minimum} images of each kind, got ${sets.real} real and ${sets.fake} fake`;
}
