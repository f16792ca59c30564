import { plural } from '@medgan/files';
import type { Agreement, FigureColumn, FigureVerdict, GroupSummary, Verdict } from './study-summary.ts';
import { inPrint } from './compare.ts';
import { rankAgreement } from './rank-agreement.ts';

function agreementOf({ concordant, discordant }: { concordant: number; discordant: number }): Agreement {
  if (concordant + discordant === 0) return 'undecided';
  if (discordant === 0) return 'agrees';
  return concordant === 0 ? 'disagrees' : 'partly';
}

/** The labels from the best value on. */
function orderText(
  items: readonly { readonly label: string; readonly value: number }[],
  { decimals, better }: { decimals: number; better: 'higher' | 'lower' },
): string {
  const printed = items.map(({ label, value }) => ({ label, value: inPrint(value, decimals) }));
  printed.sort((a, b) => (better === 'higher' ? b.value - a.value : a.value - b.value));
  return printed
    .map(({ label, value }, index) => {
      const former = printed[index - 1];
      return former === undefined ? label : `${former.value === value ? '=' : '>'} ${label}`;
    })
    .join(' ');
}

/** The verdict by the last checkpoint of every setting. */
export function verdictOf(figures: readonly FigureColumn[], groups: readonly GroupSummary[]): Verdict {
  const verdicts = figures.flatMap((column) => {
    const verdict = figureVerdict(column, groups);
    return verdict ? [verdict] : [];
  });
  const measured = groups.filter(({ finished }) => finished > 0);
  const published = groups.filter((group) => Object.keys(group.published).length > 0);
  const plain = (kind: Verdict['kind'], short: string, text: string): Verdict => ({
    kind,
    short,
    text,
    figures: [],
  });
  if (measured.length === 0) return plain('not-run', 'not run yet', 'There is no finished trial yet.');
  if (published.length === 0) {
    const text = 'No figures were published on this question, so there is no ordering to compare ours with.';
    return plain('nothing-published', 'no published figures', text);
  }
  if (published.length === 1) {
    const text =
      'Figures of one setting only were published: there is no ordering to compare, only the differences.';
    return plain('nothing-to-order', 'one setting published', text);
  }
  if (verdicts.length === 0) {
    const text =
      'Fewer than two of the published settings have finished, so there is no ordering of ours yet.';
    return plain('incomplete', 'incomplete', text);
  }
  return { ...overall(verdicts, groups), figures: verdicts };
}

function figureVerdict(column: FigureColumn, groups: readonly GroupSummary[]): FigureVerdict | undefined {
  const { key, better, decimals } = column;
  if (better === undefined || decimals === undefined) return undefined;
  const items = groups.flatMap(({ short: label, last, published }) => {
    const [ours, theirs] = [last[key], published[key]];
    if (ours === undefined || theirs === undefined || !Number.isFinite(ours.mean)) return [];
    return [{ label, ours, published: theirs }];
  });
  if (items.length < 2) return undefined;
  const agreement = rankAgreement(items, decimals);
  const rule = { decimals, better };
  return {
    figure: key,
    ...agreement,
    agreement: agreementOf(agreement),
    ourOrder: orderText(
      items.map(({ label, ours }) => ({ label, value: ours.mean })),
      rule,
    ),
    publishedOrder: orderText(
      items.map(({ label, published }) => ({ label, value: published })),
      rule,
    ),
  };
}

function overall(
  verdicts: readonly FigureVerdict[],
  groups: readonly GroupSummary[],
): Pick<Verdict, 'kind' | 'short' | 'text'> {
  const sum = (key: 'concordant' | 'discordant' | 'undecided' | 'tied'): number =>
    verdicts.reduce((total, verdict) => total + verdict[key], 0);
  const [concordant, discordant, undecided, tied] = [
    sum('concordant'),
    sum('discordant'),
    sum('undecided'),
    sum('tied'),
  ];
  const kind = agreementOf({ concordant, discordant });
  const decided = concordant + discordant;
  const pairs = plural(decided, 'comparison');
  const texts = {
    agrees: `Our ordering of the settings agrees with the published one: ${decided === 1 ? 'the one comparison that can be decided goes' : `all ${pairs} that can be decided go`} the same way.`,
    disagrees: `Our ordering of the settings is the reverse of the published one: ${decided === 1 ? 'the one comparison that can be decided goes' : `all ${pairs} that can be decided go`} the other way.`,
    partly: `Our ordering of the settings agrees with the published one in part: of ${pairs} that can be decided, ${concordant} ${concordant === 1 ? 'goes' : 'go'} the same way and ${discordant} the other.`,
    undecided: 'Whether our ordering of the settings agrees with the published one cannot be decided.',
  };
  const counts = groups.map(({ finished }) => finished).filter((finished) => finished > 0);
  const seeds = [...new Set(counts)].sort((a, b) => a - b);
  const parts = [texts[kind]];
  if (undecided > 0) {
    const spread = seeds.at(-1)! > 1 ? ', or less than the standard deviation over the seeds' : '';
    parts.push(
      `${plural(undecided, 'comparison is', 'comparisons are')} left undecided: our settings differ by less than the printed decimals show${spread}.`,
    );
  }
  if (tied > 0)
    parts.push(`${plural(tied, 'comparison is', 'comparisons are')} void: the published values are equal.`);
  parts.push(
    seeds.at(-1) === 1
      ? 'One seed per setting: how much of a difference is chance is not known.'
      : `${seeds.join(' to ')} seeds per setting.`,
  );
  if (groups.some(({ trials, finished }) => finished < trials.length)) {
    parts.push('Not all trials have finished: this may change.');
  }
  const short = {
    agrees: 'agrees',
    disagrees: 'disagrees',
    partly: `agrees in part (${concordant} of ${decided})`,
    undecided: 'undecided',
  };
  return { kind, short: short[kind], text: parts.join(' ') };
}
