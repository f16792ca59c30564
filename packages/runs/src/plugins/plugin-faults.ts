import type { Named, OptionsSchema } from '@medgan/plugin-api';

/** Any plugin, as far as all kinds are alike. */
export interface AnyPlugin extends Named {
  readonly kind: PluginKind;
  readonly summary: string;
  /** Launchers have none: no paper stands behind them. */
  readonly reference?: string;
  readonly options: OptionsSchema;
}

const REFERENCE = { reference: 'string' } as const;

/** What a plugin of each kind must have beside name, summary and options. */
const MEMBERS = {
  architecture: {
    ...REFERENCE,
    generator: 'function',
    discriminator: 'function',
    imageSizes: 'object',
    tiny: 'object',
    defaultObjective: 'string',
  },
  objective: {
    ...REFERENCE,
    discriminatorLoss: 'function',
    generatorLoss: 'function',
    usesLabels: 'boolean',
  },
  dataset: { ...REFERENCE, open: 'function', source: 'string', tiny: 'object' },
  augmentation: { ...REFERENCE, apply: 'function', tiny: 'object' },
  'pair-metric': {
    ...REFERENCE,
    compute: 'function',
    refuses: 'function',
    range: 'object',
    direction: 'string',
    symmetric: 'boolean',
  },
  'set-metric': { ...REFERENCE, compute: 'function' },
  features: { ...REFERENCE, open: 'function' },
  launcher: { launch: 'function' },
} as const;

export type PluginKind = keyof typeof MEMBERS;

const SHARED_MEMBERS = { name: 'string', summary: 'string', options: 'object' } as const;

/** Whether an export is meant as a plugin: it has a kind. */
export const claimsToBePlugin = (value: unknown): value is { readonly kind: unknown } =>
  typeof value === 'object' && value !== null && 'kind' in value;

/** What an export that claims to be a plugin lacks, in words; empty when it is one. */
export function pluginFaults(value: { readonly kind: unknown }): string[] {
  if (typeof value.kind !== 'string' || !Object.hasOwn(MEMBERS, value.kind)) {
    return [`its kind is ${JSON.stringify(value.kind)}; there are ${Object.keys(MEMBERS).join(', ')}`];
  }
  const members = { ...SHARED_MEMBERS, ...MEMBERS[value.kind as PluginKind] };
  return Object.entries(members).flatMap(([key, type]) => {
    const found: unknown = (value as unknown as Record<string, unknown>)[key];
    if (typeof found === type && found !== null) return [];
    return [
      `${key} is ${found === undefined ? 'missing' : found === null ? 'null' : `a ${typeof found}`}, not ${type === 'object' ? 'an' : 'a'} ${type}`,
    ];
  });
}
