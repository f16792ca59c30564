import { inPrint } from './compare.ts';
import type { MeanSd } from './mean-sd.ts';

/** A setting with our value and the published one. */
export interface RankedItem {
  readonly ours: MeanSd;
  readonly published: number;
}

/** How far two orderings of the same settings agree. Every pair of settings is counted once. */
export interface RankAgreement {
  /**
   * Kendall's τ_b of our means and the published values, both rounded to the published decimals, over all pairs
   * (Kendall 1945); undefined when either has ties only.
   */
  readonly tau: number | undefined;
  /** Pairs that both order alike, and whose difference is larger than our seeds' spread. */
  readonly concordant: number;
  /** Pairs that we order the other way round, by more than our seeds' spread. */
  readonly discordant: number;
  /** Pairs that are ordered in print, and that we cannot order: equal in print, or nearer than the seeds' spread. */
  readonly undecided: number;
  /** Pairs that are equal in print: there is no ordering to agree with. */
  readonly tied: number;
}

/** Pooled standard deviation of the seeds of two settings; undefined where neither has two seeds. */
function pooledSd(a: MeanSd, b: MeanSd): number | undefined {
  let [squares, freedom] = [0, 0];
  for (const { sd, n } of [a, b]) {
    if (sd === undefined) continue;
    squares += sd ** 2 * (n - 1);
    freedom += n - 1;
  }
  return freedom === 0 ? undefined : Math.sqrt(squares / freedom);
}

/** The agreement of two orderings; items whose mean is no finite number are left out. */
export function rankAgreement(items: readonly RankedItem[], decimals: number): RankAgreement {
  const known = items.filter(({ ours }) => Number.isFinite(ours.mean));
  const counts = { concordant: 0, discordant: 0, undecided: 0, tied: 0 };
  let [pairs, tiedPublished, tiedOurs, score] = [0, 0, 0, 0];
  for (const [index, a] of known.entries()) {
    for (const b of known.slice(index + 1)) {
      const published = Math.sign(inPrint(a.published, decimals) - inPrint(b.published, decimals));
      const ours = Math.sign(inPrint(a.ours.mean, decimals) - inPrint(b.ours.mean, decimals));
      pairs++;
      if (published === 0) tiedPublished++;
      if (ours === 0) tiedOurs++;
      score += published * ours;
      const spread = pooledSd(a.ours, b.ours) ?? 0;
      if (published === 0) counts.tied++;
      else if (ours === 0 || Math.abs(a.ours.mean - b.ours.mean) < spread) counts.undecided++;
      else if (published === ours) counts.concordant++;
      else counts.discordant++;
    }
  }
  const scale = Math.sqrt((pairs - tiedPublished) * (pairs - tiedOurs));
  return { tau: scale === 0 ? undefined : score / scale, ...counts };
}
