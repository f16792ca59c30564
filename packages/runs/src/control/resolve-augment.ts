import { defined, MedganError } from '@medgan/files';
import { validateOptions, type Augmentation, type Fault, type Registry } from '@medgan/plugin-api';

/** An augmentation as a control file names it: by its name, or by its name with options. */
export type AugmentEntry = string | Readonly<Record<string, object | null>>;

/** An augmentation with every option filled in. */
export interface NamedAugmentation {
  readonly name: string;
  readonly options: object;
}

/** JSON Schema of `augment:`. */
export const AUGMENT_SCHEMA = {
  type: 'array',
  items: { type: ['string', 'object'], minProperties: 1, maxProperties: 1 },
  description: 'changes of the training images, in order: [horizontal-flip, {colour-jitter: {hue: 0.01}}]',
} as const;

/** Finds the augmentations and fills in their options; a fault's path begins with its place in the list. */
export function resolveAugment(
  entries: readonly AugmentEntry[],
  registry: Registry<Augmentation>,
): { chosen: NamedAugmentation[]; faults: Fault[] } {
  const chosen: NamedAugmentation[] = [];
  const faults: Fault[] = [];
  for (const [place, entry] of entries.entries()) {
    const [asked, given] = typeof entry === 'string' ? [entry, null] : Object.entries(entry)[0]!;
    const path = typeof entry === 'string' ? [`${place}`] : [`${place}`, asked];
    try {
      const { name, options: schema } = registry.get(asked);
      const { value, faults: wrong } = validateOptions<object>(schema, given ?? {});
      faults.push(...wrong.map((fault) => ({ ...fault, path: [...path, ...fault.path] })));
      chosen.push({ name, options: value });
    } catch (error) {
      if (!(error instanceof MedganError)) throw error;
      const { message, cure } = error;
      faults.push({ path, message, ...defined({ cure }) });
    }
  }
  return { chosen, faults };
}
