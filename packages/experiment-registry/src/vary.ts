import { defined } from '@medgan/files';
import { layer, type Assignment } from './control-layers.ts';
import type { Vary } from './experiment-schema.ts';

/** A point of the study before its seed: assignments of what varies. */
export interface Point {
  readonly id?: string;
  /** Name of the point that this one trains on from. */
  readonly continues?: string;
  readonly settings: readonly Assignment[];
  readonly also: readonly Assignment[];
  /** For faults of the point as a whole. */
  readonly path: readonly string[];
}

/** The points of a study, in the order of the file; `path` is where `vary` stands in it. One point where nothing varies. */
export function pointsOf(vary: Vary, path: readonly string[]): Point[] {
  const assign = (key: string, { value, at }: { value: unknown; at: readonly string[] }): Assignment => ({
    key: key.split('.'),
    value,
    origin: { yaml: [...path, ...at] },
  });
  if (vary.cases) {
    return vary.cases.map(({ id, continues, set, also = {} }, index) => {
      const at = [...path, 'cases', String(index)];
      return {
        ...defined({ id, continues }),
        settings: layer(set, [...at, 'set']),
        also: layer(also, [...at, 'also']),
        path: at,
      };
    });
  }
  if (vary.zip) {
    const columns = Object.entries(vary.zip);
    return (columns[0]?.[1] ?? []).map((_, index) => ({
      settings: columns.map(([key, values]) =>
        assign(key, { value: values[index], at: ['zip', key, String(index)] }),
      ),
      also: [],
      path: [...path, 'zip'],
    }));
  }
  let points: Assignment[][] = [[]];
  for (const [key, values] of Object.entries(vary.grid ?? {})) {
    points = points.flatMap((point) =>
      values.map((value, index) => [...point, assign(key, { value, at: ['grid', key, String(index)] })]),
    );
  }
  return points.map((settings) => ({ settings, also: [], path: [...path, 'grid'] }));
}
