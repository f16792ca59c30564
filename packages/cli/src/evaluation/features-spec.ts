import { MedganError, parseOptions, type Features } from '@medgan/plugin-api';
import type { Plugins } from '../plugins.ts';

/** A feature extractor that can be opened. */
export interface ChosenFeatures {
  readonly plugin: Features;
  readonly options: object;
}

/** Features where none are asked for: what a picture shows from afar, and its textures. */
export const USUAL_FEATURES: readonly string[] = ['pixels-pca', 'random-conv'];

/**
 * Features by what a user writes: `random-conv`, or `onnx:<file>` where the plugin takes an argument.
 * @throws MedganError for an unknown name, an argument too many or one missing.
 */
export function chooseFeatures(text: string, { features }: Pick<Plugins, 'features'>): ChosenFeatures {
  const [name, argument] = text.includes(':')
    ? [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)]
    : [text, undefined];
  const plugin = features.get(name);
  if ((argument ?? '') !== '' && plugin.argument === undefined) {
    throw new MedganError(`features ${name} take nothing behind a colon: ${text}`, { cure: `write ${name}` });
  }
  if ((argument ?? '') === '' && plugin.argument !== undefined) {
    throw new MedganError(`features ${text} lack their ${plugin.argument}`, {
      cure: `write ${name}:<${plugin.argument}>`,
    });
  }
  const given = plugin.argument === undefined ? {} : { [plugin.argument]: argument };
  return { plugin, options: parseOptions<object>(`features ${name}`, plugin.options, given) };
}
