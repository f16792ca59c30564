import { PLUGIN_KINDS, type AnyPlugin, type PluginKind } from '@medgan/plugin-api';

const SHARED_MEMBERS = { name: 'string', summary: 'string', options: 'object' } as const;

/** An export that has a kind, so that its author means it as a plugin. */
export type Claimant = Readonly<Record<string, unknown>>;

/** Whether an export is meant as a plugin. */
export const claimsToBePlugin = (value: unknown): value is Claimant =>
  typeof value === 'object' && value !== null && 'kind' in value;

const isKind = (kind: unknown): kind is PluginKind =>
  typeof kind === 'string' && Object.hasOwn(PLUGIN_KINDS, kind);

/** What an export that is meant as a plugin lacks, in words; empty when it is one. */
export function pluginFaults(value: Claimant): string[] {
  const { kind } = value;
  if (!isKind(kind)) {
    return [`its kind is ${JSON.stringify(kind)}; there are ${Object.keys(PLUGIN_KINDS).join(', ')}`];
  }
  const members = { ...SHARED_MEMBERS, ...PLUGIN_KINDS[kind].members };
  return Object.entries(members).flatMap(([key, type]) => {
    const found = value[key];
    if (typeof found === type && found !== null) return [];
    const is = found === undefined ? 'missing' : found === null ? 'null' : `a ${typeof found}`;
    return [`${key} is ${is}, not ${type === 'object' ? 'an' : 'a'} ${type}`];
  });
}

/** Whether an export is a plugin with all members of its kind. */
export const isPlugin = (value: unknown): value is AnyPlugin =>
  claimsToBePlugin(value) && pluginFaults(value).length === 0;
