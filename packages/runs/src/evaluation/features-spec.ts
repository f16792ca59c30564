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

/** The option behind a colon: a number where the option is one. */
function argumentOf(plugin: Features, text: string): Record<string, unknown> {
  const { type } = plugin.options.properties[plugin.argument!] as { readonly type?: string };
  const numeric = (type === 'integer' || type === 'number') && Number.isFinite(Number(text));
  return { [plugin.argument!]: numeric ? Number(text) : text };
}

/**
 * Features by what a user writes: `random-conv`, or `onnx:<file>` where the plugin takes an argument.
 * @throws MedganError for an unknown name, an argument too many or one missing.
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
  const given = argument === '' ? {} : argumentOf(plugin, argument);
  return { plugin, options: parseOptions<object>(`features ${name}`, plugin.options, given) };
}
