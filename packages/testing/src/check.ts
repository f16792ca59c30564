import { withCure } from '@medgan/files';

/** One rule of a contract, with a name, so that it can be a test or run without a test runner. */
export interface Check<Subject> {
  /** A sentence whose subject is the plugin. */
  readonly name: string;
  /** False where the rule does not apply to this subject; absent = it always applies. */
  readonly appliesTo?: (subject: Subject) => boolean;
  /** Throws or rejects, saying how the subject breaks the rule. */
  readonly run: (subject: Subject) => void | Promise<void>;
}

/** A rule that a subject breaks. */
export interface BrokenRule {
  readonly name: string;
  readonly reason: string;
}

/** Runs every rule that applies, one after the other, and returns those that the subject breaks. */
export async function brokenRules<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
): Promise<BrokenRule[]> {
  const broken: BrokenRule[] = [];
  for (const { name, appliesTo, run } of checks) {
    if (appliesTo && !appliesTo(subject)) continue;
    try {
      await run(subject);
    } catch (error) {
      broken.push({ name, reason: withCure(error) });
    }
  }
  return broken;
}
