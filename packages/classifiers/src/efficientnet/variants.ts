/** How a member of the family differs from B0 (Tan and Le 2019, table 8 of the code: width, depth, dropout). */
export interface Variant {
  /** Channels, as a multiple of B0's. */
  readonly width: number;
  /** Repeats of a stage, as a multiple of B0's. */
  readonly depth: number;
  /** Pixels a side that its ImageNet weights were trained at. */
  readonly imageSize: number;
  /** Share of the features that are dropped before the last layer. */
  readonly dropout: number;
  /** Lite: no squeeze-and-excitation, ReLU6 in place of swish, stem and head and their stages not scaled. */
  readonly lite: boolean;
}

const full = (width: number, depth: number, [imageSize, dropout]: readonly [number, number]): Variant => ({
  width,
  depth,
  imageSize,
  dropout,
  lite: false,
});
const lite = (width: number, depth: number, sizes: readonly [number, number]): Variant => ({
  ...full(width, depth, sizes),
  lite: true,
});

/**
 * The published networks. B0 to B7: Tan and Le 2019 and its code; Lite0 to Lite4: tensorflow/tpu,
 * models/official/efficientnet/lite. `micro` is not published: a network for tests.
 */
export const VARIANTS = {
  lite0: lite(1, 1, [224, 0.2]),
  lite1: lite(1, 1.1, [240, 0.2]),
  lite2: lite(1.1, 1.2, [260, 0.3]),
  lite3: lite(1.2, 1.4, [280, 0.3]),
  lite4: lite(1.3, 1.8, [300, 0.3]),
  b0: full(1, 1, [224, 0.2]),
  b1: full(1, 1.1, [240, 0.2]),
  b2: full(1.1, 1.2, [260, 0.3]),
  b3: full(1.2, 1.4, [300, 0.3]),
  b4: full(1.4, 1.8, [380, 0.4]),
  b5: full(1.6, 2.2, [456, 0.4]),
  b6: full(1.8, 2.6, [528, 0.5]),
  b7: full(2, 3.1, [600, 0.5]),
  micro: full(0.1, 0.4, [32, 0.2]),
} as const satisfies Readonly<Record<string, Variant>>;

/** Name of a member of the family. */
export type VariantName = keyof typeof VARIANTS;

/** A stage: blocks of one kind, of which the first changes stride and channels. */
interface Stage {
  readonly kernel: number;
  readonly stride: number;
  readonly expand: number;
  readonly outputs: number;
  readonly repeats: number;
}

/** B0 (Tan and Le 2019, table 1). */
const STAGES: readonly Stage[] = [
  { kernel: 3, stride: 1, expand: 1, outputs: 16, repeats: 1 },
  { kernel: 3, stride: 2, expand: 6, outputs: 24, repeats: 2 },
  { kernel: 5, stride: 2, expand: 6, outputs: 40, repeats: 2 },
  { kernel: 3, stride: 2, expand: 6, outputs: 80, repeats: 3 },
  { kernel: 5, stride: 1, expand: 6, outputs: 112, repeats: 3 },
  { kernel: 5, stride: 2, expand: 6, outputs: 192, repeats: 4 },
  { kernel: 3, stride: 1, expand: 6, outputs: 320, repeats: 1 },
];
const STEM = 32;
const HEAD = 1280;

/** Channels are multiples of this, and not less than 90 % of what the width asks for. */
const DIVISOR = 8;

function scaledChannels(channels: number, width: number): number {
  if (width === 1) return channels;
  const wanted = channels * width;
  const rounded = Math.max(DIVISOR, Math.floor((wanted + DIVISOR / 2) / DIVISOR) * DIVISOR);
  return rounded < 0.9 * wanted ? rounded + DIVISOR : rounded;
}

/** An inverted bottleneck with a depthwise convolution (MBConv; Sandler et al. 2018). */
export interface BlockPlan {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  /** Channels of the depthwise convolution, as a multiple of the input's. */
  readonly expand: number;
}

/** Everything that decides the shapes of a network. */
export interface NetworkPlan {
  readonly stem: number;
  readonly blocks: readonly BlockPlan[];
  /** Length of the features. */
  readonly head: number;
}

/** The network of a variant, by compound scaling. */
export function planOf({ width, depth, lite: isLite }: Variant): NetworkPlan {
  const fixed = (channels: number): number => (isLite ? channels : scaledChannels(channels, width));
  const stem = fixed(STEM);
  const blocks: BlockPlan[] = [];
  let inputs = stem;
  STAGES.forEach(({ kernel, stride, expand, outputs: channels, repeats }, stage) => {
    const outputs = scaledChannels(channels, width);
    const isBorder = stage === 0 || stage === STAGES.length - 1;
    const times = isLite && isBorder ? repeats : Math.ceil(repeats * depth);
    for (let i = 0; i < times; i++) {
      blocks.push({ inputs, outputs, kernel, stride: i === 0 ? stride : 1, expand });
      inputs = outputs;
    }
  });
  return { stem, blocks, head: fixed(HEAD) };
}
