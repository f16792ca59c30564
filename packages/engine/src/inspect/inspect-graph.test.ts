import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { OnnxEngine } from '../onnx/onnx-engine.ts';
import { tinyGan } from '../testing-cases/tiny-gan.testing.ts';
import { tf } from '../tf.ts';
import { scope } from '../trace/scope.ts';
import type { StepInspection } from './inspection.ts';

let engine: OnnxEngine;
beforeAll(() => (engine = new OnnxEngine()));
afterAll(() => engine.dispose());

const variable = (name: string, ...shape: number[]): Variable => engine.variable({ name, shape });

describe('the inspection of a step', () => {
  let weight: Variable;
  let seen: StepInspection;
  beforeAll(() => {
    weight = variable('weight', 3, 5);
    seen = engine.inspect(
      ({ x }) => {
        const y = scope('product', () => tf.matMul(x as Tensor2D, weight as Tensor2D));
        const unused = tf.exp(y);
        weight.assign(tf.add(weight, 1));
        return { y: tf.mul(y, 2), unused: tf.sub(unused, unused), x: x! };
      },
      { x: { shape: [2, 3] } },
    );
  });

  it('names inputs, outputs and state, with the variable itself', () => {
    expect(seen.inputs).toEqual([{ name: 'x', shape: [2, 3], dtype: 'float32' }]);
    expect(seen.outputs.map(({ name, shape }) => [name, shape])).toEqual([
      ['y', [2, 5]],
      ['unused', [2, 5]],
      ['x', [2, 3]],
    ]);
    expect(seen.outputs.at(-1)!.node).toBeUndefined();
    expect(seen.state).toMatchObject([{ name: 'weight', shape: [3, 5], isRead: true, isWritten: true }]);
    expect(seen.state[0]!.variable).toBe(weight);
  });

  it('reports operands, ONNX operators and call site of each node', () => {
    const product = seen.nodes.find(({ kernel }) => kernel === 'BatchMatMul')!;
    expect(product).toMatchObject({ scope: 'product', operators: ['Reshape', 'Reshape', 'Gemm', 'Reshape'] });
    expect(product.site).toMatch(/inspect-graph\.test\.ts:\d+:\d+\)?$/);
    const scaled = seen.nodes[seen.outputs[0]!.node!]!;
    expect(scaled).toMatchObject({ kernel: 'Multiply', scope: undefined, shape: [2, 5], dtype: 'float32' });
    expect(scaled.inputs).toMatchObject([{ from: 'node' }, { from: 'constant', fill: 2, shape: [] }]);
  });

  it('counts the nodes at every stage, and the nodes of ONNX', () => {
    expect(seen.stages[0]!.name).toBe('traced');
    for (const { nodes, kernels } of seen.stages) {
      expect(Object.values(kernels).reduce((sum, n) => sum + n, 0)).toBe(nodes);
    }
    expect(seen.stages.at(-1)!.nodes).toBe(seen.nodes.length);
    // The output that is an input takes a copy.
    expect(seen.operators).toMatchObject({ Gemm: 1, Identity: 1 });
  });

  it('leaves the engine as it was', async () => {
    expect([...(await engine.read(weight))]).toEqual(Array(15).fill(0));
  });
});

describe('multiply-adds', () => {
  const counted = (seen: StepInspection): Record<string, number> =>
    Object.fromEntries(
      seen.nodes.flatMap(({ kernel, multiplyAdds }) => (multiplyAdds > 0 ? [[kernel, multiplyAdds]] : [])),
    );

  it('of a matrix product are rows times columns times the length of the sums', () => {
    const seen = engine.inspect(({ a, b }) => ({ y: tf.matMul(a as Tensor2D, b as Tensor2D, true, true) }), {
      a: { shape: [7, 2] },
      b: { shape: [3, 7] },
    });
    expect(counted(seen)).toEqual({ BatchMatMul: 2 * 3 * 7 });
  });

  it('of a convolution and of both its gradients are the same', () => {
    const filter = variable('filter', 4, 4, 3, 5);
    const seen = engine.inspect(
      ({ x }) => {
        const loss = tf.grads((image, weights) =>
          tf.sum(tf.square(tf.conv2d(image as Tensor4D, weights as Tensor4D, 2, 1))),
        );
        const [dx, dw] = loss([x!, filter]);
        return { dx: dx!, dw: dw! };
      },
      { x: { shape: [2, 8, 8, 3] } },
    );
    const each = 2 * 4 * 4 * 5 * (4 * 4 * 3);
    expect(counted(seen)).toEqual({
      Conv2D: each,
      Conv2DBackpropInput: each,
      Conv2DBackpropFilter: each,
    });
  });
});

describe('scope', () => {
  it('is the innermost one, for gradients the one that asks for them, and survives every pass', () => {
    const w = variable('w', 3, 3);
    const seen = engine.inspect(
      ({ x }) => {
        const { grads } = scope('gradients', () =>
          tf.variableGrads(
            () =>
              scope('loss', () =>
                tf.sum(tf.square(scope('layer', () => tf.matMul(x as Tensor2D, w as Tensor2D)))),
              ),
            [w],
          ),
        );
        return { g: grads[w.name]! };
      },
      { x: { shape: [2, 3] } },
    );
    const products = seen.nodes.filter(({ kernel }) => kernel === 'BatchMatMul');
    expect(products.map((node) => node.scope)).toEqual(['layer', 'gradients']);
    expect(seen.nodes.filter((node) => node.scope === undefined)).toEqual([]);
  });

  it('changes no result', () => {
    const plain = new OnnxEngine();
    const scoped = new OnnxEngine();
    const [a, b] = [tinyGan(plain), tinyGan(scoped)];
    const step: typeof b.step = (given) => scope('all of it', () => b.step(given));
    const withoutOrigin = (graph: ReturnType<OnnxEngine['graph']>) =>
      graph.nodes.map(({ origin: _origin, ...node }) => node);
    expect(withoutOrigin(scoped.graph(step, b.inputs))).toEqual(withoutOrigin(plain.graph(a.step, a.inputs)));
  });

  it('ends with its body, also by an error', () => {
    expect(() =>
      scope('broken', () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    const seen = engine.inspect(({ x }) => ({ y: tf.neg(x!) }), { x: { shape: [1] } });
    expect(seen.nodes[0]!.scope).toBeUndefined();
  });
});
