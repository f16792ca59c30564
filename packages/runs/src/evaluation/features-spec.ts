import { MedganError } from '@medgan/files';
import { parseOptions, type Features, type Plugins } from '@medgan/plugin-api';

/** A feature extractor that can be opened. */
export interface ChosenFeatures {
  readonly plugin: Features;
  readonly options: object;
}

/** Features where none are asked for: what a picture shows from afar, and its textures. */
export const USUAL_FEATURES: readonly string[] = ['pixels-pca', 'random-conv'];

const hasDefault = ({ options }: Features, name: string): boolean =>
  Object.hasOwn(options.properties[name] ?? {}, 'default');

/** The value of an option as a user writes it: a number, numbers with colons between them, or text. */
function valueOf(text: string): unknown {
  const parts = text.split(':');
  const numbers = parts.map(Number);
  if (text === '' || parts.includes('') || numbers.some(Number.isNaN)) return text;
  return numbers.length === 1 ? numbers[0] : numbers;
}

/** `net.onnx,size=224,mean=0.5`: the argument, which may have commas itself, and options by their names. */
function givenOptions(plugin: Features, text: string): Record<string, unknown> {
  const [argument = '', ...pairs] = text.split(/,(?=[A-Za-z_]+=)/);
  const given: Record<string, unknown> = {};
  if (argument !== '') {
    const { type } = plugin.options.properties[plugin.argument!] as { readonly type?: string };
    given[plugin.argument!] = type === 'string' ? argument : valueOf(argument);
  }
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    given[pair.slice(0, at)] = valueOf(pair.slice(at + 1));
  }
  return given;
}

/**
 * Features by what a user writes: `random-conv`, `onnx:<file>` where the plugin takes an argument, and options behind
 * it: `onnx:net.onnx,size=224,mean=0.5,std=0.5`, with colons between the numbers of a list (`mean=0.485:0.456:0.406`).
 * @throws MedganError for an unknown name or option, an argument too many or one missing.
 */
export function chooseFeatures(text: string, { features }: Pick<Plugins, 'features'>): ChosenFeatures {
  const [name, argument] = text.includes(':')
    ? [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)]
    : [text, ''];
  const plugin = features.get(name);
  if (argument !== '' && plugin.argument === undefined) {
    throw new MedganError(`features ${name} take nothing behind a colon: ${text}`, { cure: `write ${name}` });
  }
  if (argument === '' && plugin.argument !== undefined && !hasDefault(plugin, plugin.argument)) {
    throw new MedganError(`features ${text} lack their ${plugin.argument}`, {
      cure: `write ${name}:<${plugin.argument}>`,
    });
  }
  const given = argument === '' ? {} : givenOptions(plugin, argument);
  return { plugin, options: parseOptions<object>(`features ${name}`, plugin.options, given) };
}
