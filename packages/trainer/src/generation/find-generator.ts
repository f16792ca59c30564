import { MedganError } from '@medgan/files';
import {
  parseOptions,
  shapeScope,
  type Architecture,
  type GeneratorSizes,
  type ParameterShape,
} from '@medgan/plugin-api';
import {
  candidatesOf,
  normaliseNames,
  pickStateDict,
  type StateDict,
  type StateDicts,
  type TensorData,
} from '@medgan/weights';
import { plainTensors } from './plain-weights.ts';

/** A generator of a known architecture inside a state dict. */
export interface FoundGenerator {
  readonly plugin: Architecture;
  readonly sizes: GeneratorSizes;
  readonly dict: StateDict;
  /** What stands before its tensors' names in the state dict, such as `generator.`; empty where it is alone there. */
  readonly prefix: string;
  /** What the architecture has before its names and the state dict has not, such as `main.`. */
  readonly outer: string;
}

/** How deep a generator may lie inside other modules. */
const MAX_DEPTH = 6;
const MAX_SHOWN = 20;

type Shapes = ReadonlyMap<string, readonly number[]>;

/** Names and shapes of what belongs to each module of a state dict, by the module's name and a dot; '' is the whole. */
function modulesOf(shapes: Shapes, within: string): Map<string, Map<string, readonly number[]>> {
  const modules = new Map<string, Map<string, readonly number[]>>();
  for (const [name, shape] of shapes) {
    if (!name.startsWith(within)) continue;
    const parts = name.slice(within.length).split('.');
    const depth = Math.min(parts.length - 1, MAX_DEPTH);
    for (let i = 0, prefix = within; i <= depth; prefix += `${parts[i++]!}.`) {
      if (!modules.has(prefix)) modules.set(prefix, new Map());
      modules.get(prefix)!.set(name.slice(prefix.length), shape);
    }
  }
  return modules;
}

/** All that stands before every parameter's name in an architecture: `main.` of a network in one Sequential. */
function outerModule(plugin: Architecture): string {
  const notes: ParameterShape[] = [];
  plugin.generator(plugin.tiny, parseOptions<object>(plugin.name, plugin.options, {}), shapeScope(notes));
  const first = notes[0]?.name.split('.')[0];
  return first !== undefined && notes.every((note) => note.name.startsWith(`${first}.`)) ? `${first}.` : '';
}

function plainShapes(shapes: Shapes): Shapes {
  try {
    return normaliseNames(shapes);
  } catch {
    // Two tensors of one name: no generator that we know has both.
    return new Map();
  }
}

/** The generators in one state dict, outer modules first; what lies inside a found one is part of it. */
function generatorsIn(dict: StateDict, within: string, plugins: readonly Architecture[]): FoundGenerator[] {
  const found: FoundGenerator[] = [];
  const outers = new Map(plugins.map((plugin) => [plugin, outerModule(plugin)]));
  const modules = [...modulesOf(dict.shapes, within)].sort(([a], [b]) => a.length - b.length);
  for (const [prefix, inner] of modules) {
    if (found.some((each) => prefix.startsWith(each.prefix))) continue;
    const shapes = plainShapes(inner);
    for (const plugin of plugins) {
      const outer = ['', outers.get(plugin)!].find((added) =>
        plugin.generatorSizes!(new Map([...shapes].map(([name, shape]) => [`${added}${name}`, shape]))),
      );
      if (outer === undefined) continue;
      const named = new Map([...shapes].map(([name, shape]) => [`${outer}${name}`, shape]));
      found.push({ plugin, sizes: plugin.generatorSizes!(named)!, dict, prefix, outer });
      break;
    }
  }
  return found;
}

/** How a generator is asked for on the command line. */
function nameOf({ dict: { entry, key }, prefix }: FoundGenerator): string {
  const path = [key === '.' && prefix !== '' ? '' : key, prefix.replace(/\.$/, '')].filter(
    (part) => part !== '',
  );
  const named = `--key ${JSON.stringify(path.join('.'))}`;
  return entry === undefined
    ? named
    : `--entry ${JSON.stringify(entry)}${path.join('.') === '.' ? '' : ` ${named}`}`;
}

/** Where a generator was found in a file that holds more; undefined where the file holds nothing else. */
export function placeOf(found: FoundGenerator, { dicts }: StateDicts): string | undefined {
  const networks = candidatesOf(dicts).length;
  const { entry, key } = found.dict;
  const parts = [
    ...(entry !== undefined && networks > 1 ? [`file ${JSON.stringify(entry)}`] : []),
    ...(key !== '.' && networks > 1 ? [`state dict ${JSON.stringify(key)}`] : []),
    ...(found.prefix === '' ? [] : [`module ${JSON.stringify(found.prefix.replace(/\.$/, ''))}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** The tensors of a found generator under the architecture's names. Buffers that the network does not have are left out. */
export function generatorTensors(found: FoundGenerator): ReadonlyMap<string, TensorData> {
  const { plugin, sizes, dict, prefix, outer } = found;
  const notes: ParameterShape[] = [];
  const all = { ...sizes, discriminatorFeatures: sizes.generatorFeatures };
  plugin.generator(all, parseOptions<object>(plugin.name, plugin.options, {}), shapeScope(notes));
  const topOf = (name: string): string => name.split('.')[0]!;
  const tops = new Set(notes.map(({ name }) => topOf(name)));
  const named = [...plainTensors(dict.read(prefix))].map(
    ([name, tensor]) => [`${outer}${name}`, tensor] as const,
  );
  return new Map(named.filter(([name]) => tops.has(topOf(name))));
}

/**
 * Finds the one generator of a known architecture in a file: in any of its state dicts, alone or as a module of a larger
 * one, whatever its name there. `key` restricts the search to a state dict or a module.
 * @throws MedganError when there is none, or more than one, saying how to choose
 */
export function findGenerator(
  opened: StateDicts,
  plugins: readonly Architecture[],
  key: string | undefined,
): FoundGenerator {
  const places =
    key === undefined
      ? candidatesOf(opened.dicts).map((dict) => ({ dict, prefix: '' }))
      : [pickStateDict(opened, key)];
  // Says what is wrong with a file that holds no tensors at all.
  if (places.length === 0) pickStateDict(opened, key);
  const readable = plugins.filter((plugin) => plugin.generatorSizes !== undefined);
  const found = places.flatMap(({ dict, prefix }) => generatorsIn(dict, prefix, readable));
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    const choices = found
      .slice(0, MAX_SHOWN)
      .map((each) => `${nameOf(each)} (${each.plugin.name}, ${each.sizes.imageSize} px)`);
    throw new MedganError(`${opened.who} holds ${found.length} generators`, {
      cure: `choose one: ${choices.join('; ')}`,
    });
  }
  const names = plugins.map(({ name }) => name).join(' or ');
  throw new MedganError(`${opened.who} holds no generator of ${names}; it has ${contentText(places)}`, {
    cure: 'give the weights of a generator, not of a discriminator or an optimiser; medgan models lists what is known',
  });
}

function contentText(places: readonly { readonly dict: StateDict; readonly prefix: string }[]): string {
  const shown = places.slice(0, 3).map(({ dict, prefix }) => {
    const own = [...dict.shapes].filter(([name]) => name.startsWith(prefix));
    const [name, shape] = own[0] ?? ['nothing', []];
    const where = dict.key === '.' ? '' : `${JSON.stringify(dict.key)}: `;
    return `${where}${own.length} tensors from ${name} [${shape.join(', ')}] on`;
  });
  return shown.join('; ');
}
