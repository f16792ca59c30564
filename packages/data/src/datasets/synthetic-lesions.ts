import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import {
  createRng,
  defineDataset,
  imagesInMemory,
  MedganError,
  nearest,
  type DatasetContext,
  type OptionsSchema,
  type PackedImages,
  parseOptions,
} from '@medgan/plugin-api';
import { listFiles } from '../pack/open-files.ts';
import { chooseImages } from '../splits/choose-images.ts';
import { LESIONS, type LesionClass, Scene } from '../synthetic/render.ts';
import type { SkinTones } from '../synthetic/skin.ts';

/** Raised with every change that alters a pixel. */
const VERSION = 1;
const WHO = 'dataset synthetic-lesions';
const CLASSES = Object.keys(LESIONS) as LesionClass[];
/** Images rendered between two looks at the abort signal. */
const BURST = 8;

/** Options of the dataset `synthetic-lesions`. */
export interface SyntheticLesionsOptions {
  /** Images of each class. */
  readonly count?: number;
  /** Another seed gives other images of the same kind. */
  readonly seed?: number;
  /** Share of the images with hair, in [0, 1]. */
  readonly hair?: number;
  readonly tones?: SkinTones;
}

const schema: OptionsSchema = {
  type: 'object',
  properties: {
    count: {
      type: 'integer',
      minimum: 1,
      maximum: 100_000,
      default: 400,
      description: 'images of each class',
    },
    seed: {
      type: 'integer',
      minimum: 0,
      default: 1,
      description: 'another seed gives other images of the same kind',
    },
    hair: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0.3,
      description: 'share of the images with hair',
    },
    tones: {
      type: 'string',
      enum: ['archive', 'even'],
      default: 'archive',
      description: 'skin types: weighted as in public archives (mostly light), or all six alike',
    },
  },
  additionalProperties: false,
};

/** One image of the whole set: number `index` of its class. */
interface Item {
  readonly lesion: LesionClass;
  readonly index: number;
}

/** `000012-nevus`: sorted by name, the classes take turns, so the first N are balanced. */
function nameOf({ lesion, index }: Item): string {
  return `${String(index).padStart(6, '0')}-${lesion}`;
}

/** The classes wanted, in our own order whatever the order asked for. */
function chooseClasses(wanted: readonly string[] | undefined): readonly LesionClass[] {
  if (wanted === undefined) return CLASSES;
  if (wanted.length === 0)
    throw new MedganError(`${WHO}: classes is an empty list`, { cure: 'name a class, or leave classes out' });
  for (const name of wanted) {
    if (CLASSES.some((known) => known === name)) continue;
    const guess = nearest(name, CLASSES);
    throw new MedganError(
      `${WHO}: no class is called ${JSON.stringify(name)}; known: ${CLASSES.join(', ')}`,
      { cure: guess ? `did you mean ${JSON.stringify(guess)}?` : 'choose one of them' },
    );
  }
  return CLASSES.filter((name) => wanted.includes(name));
}

/** The images a run asks for, not yet drawn. */
async function choose(
  { path: _none, ...own }: SyntheticLesionsOptions & { readonly path?: string },
  context: Omit<DatasetContext, 'format'>,
) {
  const settings = parseOptions<Required<SyntheticLesionsOptions>>(WHO, schema, own);
  const classes = chooseClasses(context.classes);
  const all = Array.from({ length: settings.count }, (_, index) =>
    classes.map((lesion, label) => ({ lesion, index, label, name: nameOf({ lesion, index }) })),
  );
  const items = await chooseImages(all.flat(), context, { who: WHO, more: 'raise count' });
  return { settings, classes, items };
}

/**
 * Dermoscopy-like images made on the spot. Image i of a class depends on the options `seed`, `hair` and `tones`, the
 * class and i alone; the format only sets the sampling. Equal to the byte on every machine.
 */
export default defineDataset<SyntheticLesionsOptions>({
  name: 'synthetic-lesions',
  summary: 'Procedural dermoscopy-like images of melanoma and nevus; nothing to download',
  reference: 'The ABCD rule of dermatoscopy (Nachbar et al., J. Am. Acad. Dermatol. 30(4), 1994)',
  options: schema,
  source: 'none',
  splittable: true,
  tiny: { count: 4 },
  async list(options, context) {
    const { classes, items } = await choose(options, context);
    return listFiles({ classes, files: items });
  },
  async open(given, context): Promise<PackedImages> {
    const { settings, classes, items } = await choose(given, context);
    const { seed, hair, tones } = settings;
    const { format, signal, onProgress } = context;

    const { size, channels } = format;
    const stride = size * size * channels;
    const pixels = new Uint8Array(items.length * stride);
    const root = createRng(`synthetic-lesions/${seed}`);
    for (const [at, { lesion, index }] of items.entries()) {
      if (at % BURST === 0) {
        onProgress?.(at, items.length);
        // Lets timers and signals through; rendering holds the thread.
        await setImmediate();
        signal?.throwIfAborted();
      }
      const scene = new Scene(root.split(`${lesion}/${index}`), lesion, { hair, tones });
      scene.render(format, pixels, at * stride);
    }
    onProgress?.(items.length, items.length);

    const names = items.map(({ name }) => name);
    const decisive = { version: VERSION, seed, hair, tones, size, channels, names };
    return imagesInMemory({
      size,
      channels,
      count: items.length,
      pixels,
      labels: Uint16Array.from(items, ({ label }) => label),
      classes,
      names,
      fingerprint: createHash('sha256').update(JSON.stringify(decisive)).update(pixels).digest('hex'),
      skipped: [],
    });
  },
});
