import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import { ROOT } from './pages.ts';

type Keys = Record<string, unknown>;
interface Study extends Keys {
  readonly vary: { readonly grid?: Record<string, unknown[]>; readonly cases?: unknown[] };
  readonly configurations: Record<string, { readonly base: Keys }>;
}

/** The studies that the docs name, with as many of their trials as are run here. */
const TRIALS = { 'batch-size-sweep': 2, 'latent-size': 1, 'few-images': 1 } as const;

const SMALL = {
  gen_feature_maps: 1,
  dis_feature_maps: 1,
  subset: 6,
  max_steps: 2,
  evaluate_every: 2,
  sample_count: 4,
  cache: '',
};

/** Puts the studies into `experiments/` of a folder as they are in the repository, but small and of few trials. */
export function writeStudies(folder: string): void {
  const experiments = join(folder, 'experiments');
  mkdirSync(experiments);
  cpSync(join(ROOT, 'experiments/base'), join(experiments, 'base'), { recursive: true });
  for (const [name, trials] of Object.entries(TRIALS)) {
    const study = load(readFileSync(join(ROOT, `experiments/${name}.yaml`), 'utf8')) as Study;
    const { grid, cases } = study.vary;
    const vary = grid
      ? { grid: Object.fromEntries(Object.entries(grid).map(([key, all]) => [key, all.slice(-trials)])) }
      : { cases: cases!.slice(-trials) };
    const configurations = Object.fromEntries(
      ['quick', 'paper'].map((each) => {
        const own = study.configurations?.[each];
        return [each, { ...own, base: { ...own?.base, ...SMALL } }];
      }),
    );
    writeFileSync(join(experiments, `${name}.yaml`), dump({ ...study, vary, configurations }));
  }
}
