import { MedganError } from '@medgan/files';
import { readBest } from './best-checkpoint.ts';
import { listCheckpoints, type FoundCheckpoint } from './checkpoint.ts';

/**
 * The checkpoint that `which` means: `last`, `best`, or `step-<n>` with or without leading zeros.
 * @throws MedganError when the run has none of that name.
 */
export async function chooseCheckpoint(runDir: string, which: string): Promise<FoundCheckpoint> {
  const all = await listCheckpoints(runDir);
  if (all.length === 0) {
    throw new MedganError(`${runDir} holds no checkpoint`, {
      cure: 'give the folder of a run that has trained: <out>/<run>',
    });
  }
  if (which === 'last') return all.at(-1)!;
  const step = which === 'best' ? (await readBest(runDir))?.step : Number(/^step-(\d+)$/.exec(which)?.[1]);
  const found = all.find((checkpoint) => checkpoint.step === step);
  if (found) return found;
  const known = all.map((checkpoint) => `step-${checkpoint.step}`).join(', ');
  if (which === 'best') {
    throw new MedganError(`${runDir} has no best checkpoint: it was not evaluated while it trained`, {
      cure: `train it with evaluate_every:, or choose last, ${known}`,
    });
  }
  throw new MedganError(`${runDir} has no checkpoint ${JSON.stringify(which)}`, {
    cure: `choose best, last, ${known}`,
  });
}
