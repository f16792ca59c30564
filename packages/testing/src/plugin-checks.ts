import assert from 'node:assert/strict';
import { parseOptions, Registry, type Named, type OptionsSchema } from '@medgan/plugin-api';
import type { Check } from './check.ts';

/** What plugins of every kind declare. */
export interface DescribedPlugin extends Named {
  readonly kind: string;
  readonly summary: string;
  readonly reference: string;
  readonly options: OptionsSchema;
  /** Values of options that have no default. */
  readonly given?: object;
}

/** The rules for plugins of every kind; `pluginOf` finds the plugin in the subject of a suite. */
export function pluginChecks<Subject>(pluginOf: (subject: Subject) => DescribedPlugin): Check<Subject>[] {
  return [
    {
      name: 'has a kebab-case name, and its other spellings are not that name again',
      run(subject) {
        const plugin = pluginOf(subject);
        new Registry(plugin.kind, [plugin]);
        const spellings = [plugin.name, ...(plugin.aliases ?? [])];
        assert.equal(new Set(spellings).size, spellings.length, `spelled twice: ${spellings.join(', ')}`);
      },
    },
    {
      name: 'says in one line what it is, and where it comes from',
      run(subject) {
        const { summary, reference } = pluginOf(subject);
        assert.match(summary, /^\S.*\S$/, 'summary is not one line of text');
        assert.match(reference, /^\S.*\S$/, 'reference is not one line of text');
      },
    },
    {
      name: 'has options whose defaults are legal, and refuses an unknown one',
      run(subject) {
        const { name, options, given = {} } = pluginOf(subject);
        parseOptions(name, options, given);
        assert.throws(
          () => parseOptions(name, options, { ...given, 'no-such-option': 1 }),
          /unknown key "no-such-option"/,
          'an unknown option is let through: set additionalProperties: false in the schema',
        );
      },
    },
  ];
}
