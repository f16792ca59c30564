import { describe, it } from 'vitest';
import type { Check } from './check.ts';

/** Makes every rule that applies a vitest test of its own, under `title`. */
export function registerChecks<Subject>(
  title: string,
  checks: readonly Check<Subject>[],
  subject: Subject,
): void {
  describe(title, () => {
    for (const { name, appliesTo, run } of checks) {
      if (!appliesTo || appliesTo(subject)) it(name, () => run(subject));
    }
  });
}
