/**
 * A seeded, splittable random stream. `split` depends only on the stream's seed and the label, never on how many
 * numbers were drawn: `rng.split('step/42')` is the same stream in an unbroken run and in a resumed one.
 */
export interface Rng {
  /** An independent stream named by `label`. */
  split(label: string): Rng;
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal, N(0, 1). */
  normal(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** `count` standard normals as float32. */
  normals(count: number): Float32Array;
  /** `count` uniforms in [0, 1) as float32. */
  uniforms(count: number): Float32Array;
  /** A uniform permutation of 0 … count-1 (Fisher–Yates). */
  permutation(count: number): Uint32Array;
}

/** FNV-1a over UTF-16 code units, then murmur3's finaliser; `lane` gives independent words of one text. */
function hash(text: string, lane: number): number {
  let h = 0x811c9dc5 ^ Math.imul(lane, 0x9e3779b1);
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** xoshiro128** (Blackman and Vigna, 2018), seeded by hashing a path of labels. */
class PathRng implements Rng {
  readonly #path: string;
  readonly #s: Uint32Array;
  #spare: number | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#s = Uint32Array.from([1, 2, 3, 4], (lane) => hash(path, lane));
    if (this.#s.every((word) => word === 0)) this.#s[0] = 1;
    // The first outputs of neighbouring seeds are correlated until the state has mixed.
    for (let i = 0; i < 16; i++) this.#next();
  }

  #next(): number {
    const s = this.#s;
    const s1 = s[1]!;
    const product = Math.imul(s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const t = s1 << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s1;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    const s3 = s[3]!;
    s[3] = (s3 << 11) | (s3 >>> 21);
    return result;
  }

  split(label: string): Rng {
    return new PathRng(`${this.#path}/${label}`);
  }

  uniform(): number {
    // 53 bits: 27 from one word, 26 from the next.
    return ((this.#next() >>> 5) * 67108864 + (this.#next() >>> 6)) / 9007199254740992;
  }

  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1)
      throw new RangeError(`integer bound must be ≥ 1, got ${bound}`);
    return Math.floor(this.uniform() * bound);
  }

  normals(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.normal());
  }

  uniforms(count: number): Float32Array {
    // Rounding to float32 can reach 1; the interval stays half open.
    return Float32Array.from({ length: count }, () => Math.min(Math.fround(this.uniform()), 1 - 2 ** -24));
  }

  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    }
    return order;
  }
}

/** The root stream of a run. Equal seeds give equal streams on every machine. */
export function createRng(seed: number | string): Rng {
  return new PathRng(String(seed));
}
