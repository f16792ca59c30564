import type { Stage } from '@medgan/engine';

/** What one pass did. */
export interface PassView {
  readonly name: string;
  /** Operations after it. */
  readonly nodes: number;
  readonly before: number;
  /** Operations more or fewer, by kernel: the largest change first. */
  readonly changes: Readonly<Record<string, number>>;
}

/** The passes as what each changed of the graph before it. */
export function passViews(stages: readonly Stage[]): PassView[] {
  return stages.slice(1).map(({ name, nodes, kernels }, index) => {
    const former = stages[index]!;
    const changes = [...new Set([...Object.keys(former.kernels), ...Object.keys(kernels)])]
      .map((kernel) => [kernel, (kernels[kernel] ?? 0) - (former.kernels[kernel] ?? 0)] as const)
      .filter(([, change]) => change !== 0)
      .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
    return { name, nodes, before: former.nodes, changes: Object.fromEntries(changes) };
  });
}

/** `−84 Reshape, +3 SumSquare`; of more than `most` kinds, those with the largest change. */
export function changesText({ changes }: PassView, most = Infinity): string {
  const texts = Object.entries(changes).map(
    ([kernel, change]) => `${change < 0 ? '−' : '+'}${Math.abs(change)} ${kernel}`,
  );
  if (texts.length === 0) return 'nothing';
  const rest = texts.length - most;
  return rest > 1 ? `${texts.slice(0, most).join(', ')} and ${rest} more kinds` : texts.join(', ');
}
