import { describe, expect, it } from 'vitest';
import type { Graph, Node, Value } from './graph.ts';
import { verify } from './verify.ts';

const f32 = (id: number, ...shape: number[]): [number, Value] => [id, { id, shape, dtype: 'float32' }];

type Edges = readonly [inputs: readonly number[], outputs: readonly number[]];

const node = (kernel: string, [inputs, outputs]: Edges, attributes: Node['attributes'] = {}): Node => ({
  kernel,
  inputs,
  outputs,
  attributes,
});

/** x + state 0, given out and left as the state. */
const good: Graph = {
  values: new Map([f32(0, 2), f32(1, 2), f32(2, 2), f32(3)]),
  inputs: [{ name: 'x', value: 0 }],
  state: [{ slot: 0, read: 1, write: 2 }],
  constants: new Map([[3, { fill: 1 }]]),
  nodes: [node('Add', [[0, 1], [2]])],
  outputs: [{ name: 'y', value: 2 }],
};

const refusal = (change: Partial<Graph>): string => {
  try {
    verify({ ...good, ...change });
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
};

const withValue = (...values: [number, Value][]): Graph['values'] => new Map([...good.values, ...values]);

describe('verify', () => {
  it('accepts a well-formed graph', () => {
    expect(refusal({})).toBe('accepted');
  });

  it('refuses values used before they are defined', () => {
    expect(refusal({ nodes: [node('Add', [[0, 7], [2]])] })).toMatchInlineSnapshot(
      `"node 0 (Add) uses value 7 before it is defined"`,
    );
    expect(
      refusal({ values: withValue(f32(4, 2)), nodes: [node('Neg', [[2], [4]]), ...good.nodes] }),
    ).toMatchInlineSnapshot(`"node 0 (Neg) uses value 2 before it is defined"`);
    expect(refusal({ outputs: [{ name: 'y', value: 9 }] })).toMatchInlineSnapshot(
      `"output y uses value 9 before it is defined"`,
    );
    expect(refusal({ state: [{ slot: 0, read: 1, write: 9 }] })).toMatchInlineSnapshot(
      `"state 0 uses value 9 before it is defined"`,
    );
  });

  it('refuses values defined twice or without a type', () => {
    expect(refusal({ nodes: [...good.nodes, node('Neg', [[0], [2]])] })).toMatchInlineSnapshot(
      `"node 1 (Neg) defines value 2 a second time"`,
    );
    expect(refusal({ nodes: [...good.nodes, node('Neg', [[0], [8]])] })).toMatchInlineSnapshot(
      `"node 1 (Neg) defines value 8, which has no type"`,
    );
    expect(refusal({ constants: new Map([[0, { fill: 1 }]]) })).toMatchInlineSnapshot(
      `"a constant defines value 0 a second time"`,
    );
    expect(refusal({ inputs: [{ name: 'x', value: 11 }] })).toMatchInlineSnapshot(
      `"input x defines value 11, which has no type"`,
    );
  });

  it('refuses unknown kernels, and too few or too many operands and results', () => {
    expect(refusal({ nodes: [node('Frobnicate', [[0], [2]])] })).toMatchInlineSnapshot(
      `"node 0 (Frobnicate) is not an operator of the graph"`,
    );
    expect(refusal({ nodes: [node('Add', [[0], [2]])] })).toMatchInlineSnapshot(
      `"node 0 (Add) takes 2 operands, but has 1"`,
    );
    expect(refusal({ nodes: [node('Concat', [[], [2]], { axis: 0 })] })).toMatchInlineSnapshot(
      `"node 0 (Concat) takes at least 1 operands, but has 0"`,
    );
    expect(
      refusal({
        values: withValue(f32(4, 2)),
        nodes: [
          node('Add', [
            [0, 1],
            [2, 4],
          ]),
        ],
      }),
    ).toMatchInlineSnapshot(`"node 0 (Add) has 2 outputs"`);
  });

  it('refuses shapes and types that the rule does not give', () => {
    expect(refusal({ values: withValue(f32(2, 3)) })).toMatchInlineSnapshot(
      `"node 0 (Add) gives float32[2], but is typed float32[3]"`,
    );
    expect(refusal({ nodes: [node('Greater', [[0, 1], [2]])] })).toMatchInlineSnapshot(
      `"node 0 (Greater) gives bool[2], but is typed float32[2]"`,
    );
    expect(refusal({ values: withValue(f32(1, 3)) })).toMatchInlineSnapshot(
      `"node 0 (Add): Operands could not be broadcast together with shapes 2 and 3."`,
    );
    expect(refusal({ nodes: [node('Reshape', [[0], [2]], { shape: [3] })] })).toMatchInlineSnapshot(
      `"node 0 (Reshape): cannot reshape [2] to [3]"`,
    );
  });

  it('refuses convolutions whose operands do not fit', () => {
    const attributes = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], layout: 'NHWC' };
    const images = withValue(f32(0, 1, 4, 4, 3), f32(1, 2, 2, 5, 6), f32(2, 1, 3, 3, 6));
    expect(
      refusal({ values: images, nodes: [node('Conv2D', [[0, 1], [2]], attributes)] }),
    ).toMatchInlineSnapshot(`"node 0 (Conv2D): convolution of [1, 4, 4, 3] with a filter of [2, 2, 5, 6]"`);
    const gradient = withValue(f32(0, 1, 4, 4, 6), f32(1, 2, 2, 3, 6), f32(2, 1, 4, 4, 3));
    expect(
      refusal({
        values: gradient,
        nodes: [node('Conv2DBackpropInput', [[0, 1], [2]], { ...attributes, shape: [1, 4, 4, 3] })],
      }),
    ).toMatchInlineSnapshot(
      `"node 0 (Conv2DBackpropInput): a gradient of [1, 4, 4, 6] for an output of [1, 3, 3, 6]"`,
    );
  });

  it('refuses constants of another size', () => {
    expect(refusal({ constants: new Map([[3, { values: Float32Array.of(1, 2) }]]) })).toMatchInlineSnapshot(
      `"constant 3 has 2 values for float32[]"`,
    );
  });

  it('refuses state that changes its type, and names used twice', () => {
    expect(refusal({ state: [{ slot: 0, read: 1, write: 3 }] })).toMatchInlineSnapshot(
      `"state 0 is float32[2], but becomes float32[]"`,
    );
    expect(
      refusal({
        state: [
          { slot: 0, read: 1, write: undefined },
          { slot: 0, read: undefined, write: 2 },
        ],
      }),
    ).toMatchInlineSnapshot(`"the graph has two edges of state 0"`);
    expect(refusal({ outputs: [...good.outputs, ...good.outputs] })).toMatchInlineSnapshot(
      `"the graph has two outputs y"`,
    );
    expect(refusal({ inputs: [...good.inputs, { name: 'x', value: 3 }] })).toMatchInlineSnapshot(
      `"the graph has two inputs x"`,
    );
  });
});
