import { contentsOf, type Contents } from '../../test/contents.ts';
import { createRng } from '@medgan/plugin-api';
import { beforeAll, describe, expect, it } from 'vitest';
import dataset from '../datasets/synthetic-lesions.ts';

const SIZE = 64;
const COUNT = 60;

/** What the ABCD rule looks at, measured on the pixels alone. */
interface Measures {
  /** Share of the lesion that is not met by itself when mirrored at its two main axes. */
  readonly asymmetry: number;
  /** Mean step in brightness across the border, relative to the lesion's contrast. */
  readonly abruptness: number;
  /** Colours, relative to the skin's, that fill at least 4 % of the lesion within its rim. */
  readonly colours: number;
  /** Diameter of the disc of equal area, in image sides. */
  readonly diameter: number;
}

/** Pixels relative to the median skin colour along the image's border: shape [size, size, 3]. */
function relativeToSkin(pixels: Uint8Array): Float64Array {
  const skin = [0, 1, 2].map((channel) => {
    const border: number[] = [];
    for (let i = 0; i < SIZE; i++) {
      for (const at of [i, (SIZE - 1) * SIZE + i, i * SIZE, i * SIZE + SIZE - 1]) {
        border.push(pixels[3 * at + channel]!);
      }
    }
    return border.sort((a, b) => a - b)[border.length >> 1]!;
  });
  return Float64Array.from(pixels, (value, i) => value / skin[i % 3]!);
}

/** The largest connected region clearly darker than the skin; mottling and falling light stay above the threshold. */
function segment(light: Float64Array): readonly number[] {
  const seen = new Uint8Array(light.length);
  let largest: number[] = [];
  for (let start = 0; start < light.length; start++) {
    const region: number[] = [];
    const visit = (at: number): void => {
      if (seen[at] || light[at]! >= 0.82) return;
      seen[at] = 1;
      region.push(at);
    };
    visit(start);
    for (let next = 0; next < region.length; next++) {
      const at = region[next]!;
      const x = at % SIZE;
      if (x > 0) visit(at - 1);
      if (x < SIZE - 1) visit(at + 1);
      if (at >= SIZE) visit(at - SIZE);
      if (at < light.length - SIZE) visit(at + SIZE);
    }
    if (region.length > largest.length) largest = region;
  }
  return largest;
}

function measure(pixels: Uint8Array): Measures {
  const relative = relativeToSkin(pixels);
  const light = Float64Array.from(
    { length: SIZE * SIZE },
    (_, i) => (relative[3 * i]! + relative[3 * i + 1]! + relative[3 * i + 2]!) / 3,
  );
  const lesion = segment(light);
  const members = new Set(lesion);
  // At the rim the lesion's colour mixes with the skin's.
  const core = (at: number): boolean =>
    [at - 2, at + 2, at - 2 * SIZE, at + 2 * SIZE].every((near) => members.has(near));
  const area = lesion.length;
  return {
    asymmetry: asymmetryOf(lesion, members),
    abruptness: abruptnessOf(light, members),
    colours: coloursOf(lesion.filter(core), relative),
    diameter: (2 * Math.sqrt(area / Math.PI)) / SIZE,
  };
}

function asymmetryOf(lesion: readonly number[], members: ReadonlySet<number>): number {
  const xs = lesion.map((i) => i % SIZE);
  const ys = lesion.map((i) => Math.floor(i / SIZE));
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [cx, cy] = [mean(xs), mean(ys)];
  const [dx, dy] = [xs.map((x) => x - cx), ys.map((y) => y - cy)];
  const moment = (a: readonly number[], b: readonly number[]): number => mean(a.map((v, i) => v * b[i]!));
  const angle = Math.atan2(2 * moment(dx, dy), moment(dx, dx) - moment(dy, dy)) / 2;
  const unmet = [angle, angle + Math.PI / 2].map((axis) => {
    const [c, s] = [Math.cos(2 * axis), Math.sin(2 * axis)];
    const missing = dx.filter((x, i) => {
      const y = dy[i]!;
      const [mx, my] = [Math.round(cx + c * x + s * y), Math.round(cy + s * x - c * y)];
      return mx < 0 || mx >= SIZE || !members.has(my * SIZE + mx);
    });
    return missing.length / lesion.length;
  });
  return mean(unmet);
}

function abruptnessOf(light: Float64Array, members: ReadonlySet<number>): number {
  let steps = 0;
  let count = 0;
  for (let at = 0; at < light.length; at++) {
    const x = at % SIZE;
    if (x < 2 || x === SIZE - 1 || members.has(at) === members.has(at - 1)) continue;
    steps += Math.abs(light[at + 1]! - light[at - 2]!);
    count++;
  }
  const [dark, pale] = [true, false].map((side) => {
    const values = light.filter((_, at) => members.has(at) === side);
    return values.reduce((a, b) => a + b, 0) / values.length;
  });
  return steps / count / (pale! - dark!);
}

/** Leader clustering: a pixel joins the first cluster within the radius, or leads a new one. */
function coloursOf(lesion: readonly number[], relative: Float64Array): number {
  const clusters: { colour: Float64Array; size: number }[] = [];
  for (const i of lesion) {
    const colour = relative.subarray(3 * i, 3 * i + 3);
    const near = clusters.find(
      (known) => Math.hypot(...known.colour.map((value, k) => value - colour[k]!)) < 0.25,
    );
    if (near) near.size++;
    else clusters.push({ colour, size: 1 });
  }
  return clusters.filter(({ size }) => size >= 0.04 * lesion.length).length;
}

function summarise(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length) };
}

describe('melanoma and nevus differ as the ABCD rule says', () => {
  let measures: Record<'melanoma' | 'nevus', Measures[]>;

  beforeAll(async () => {
    // Hair and the aperture's dark corners would be taken for lesion.
    const images = await dataset.open(
      { count: COUNT, hair: 0 },
      {
        format: { size: SIZE, channels: 3 },
        subsetOrder: 'first',
        rng: createRng(1),
        workers: 1,
      },
    );
    const contents = await contentsOf(images);
    measures = { melanoma: measureClass(contents, 'melanoma'), nevus: measureClass(contents, 'nevus') };
  });

  function measureClass(images: Contents, name: string): Measures[] {
    const stride = SIZE * SIZE * 3;
    const label = images.classes.indexOf(name);
    return [...images.labels.keys()]
      .filter((i) => images.labels[i] === label)
      .map((i) => images.pixels.subarray(i * stride, (i + 1) * stride))
      .filter((pixels) => pixels[0]! + pixels[1]! + pixels[2]! > 90)
      .map(measure);
  }

  /** Difference of the class means in units of their pooled deviation (Cohen's d). */
  function effect(key: keyof Measures): { melanoma: number; nevus: number; d: number } {
    const a = summarise(measures.melanoma.map((m) => m[key]));
    const b = summarise(measures.nevus.map((m) => m[key]));
    const pooled = Math.sqrt((a.deviation ** 2 + b.deviation ** 2) / 2);
    return { melanoma: a.mean, nevus: b.mean, d: (a.mean - b.mean) / pooled };
  }

  it('A: melanoma is less symmetric', () => {
    const { melanoma, nevus, d } = effect('asymmetry');
    expect(melanoma).toBeGreaterThan(2 * nevus);
    expect(d).toBeGreaterThan(1.5);
  });

  it('B: its border is more abrupt', () => {
    expect(effect('abruptness').d).toBeGreaterThan(0.6);
  });

  it('C: it has more colours', () => {
    const { melanoma, nevus, d } = effect('colours');
    expect(melanoma).toBeGreaterThan(nevus + 1);
    expect(d).toBeGreaterThan(1);
  });

  it('D: it is larger', () => {
    expect(effect('diameter').d).toBeGreaterThan(0.8);
  });

  it('and yet no class gives itself away by one measure alone', () => {
    const largestNevus = Math.max(...measures.nevus.map((m) => m.diameter));
    expect(Math.min(...measures.melanoma.map((m) => m.diameter))).toBeLessThan(largestNevus);
  });
});
