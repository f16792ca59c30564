import { describe, expect, it } from 'vitest';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { InputSpec, Step } from '../../engine.ts';
import { GraphBuilder } from '../builder.ts';
import type { Graph } from '../graph.ts';
import { print } from '../print.ts';
import { verify } from '../verify.ts';
import { OnnxEngine } from '../../onnx/onnx-engine.ts';
import { recordingBackend } from '../../trace/recording-backend.ts';
import { trace } from '../../trace/trace.ts';
import { tf } from '../../tf.ts';
import { delayBroadcasts } from './delay-broadcasts.ts';
import { eliminateDead } from './eliminate-dead.ts';
import { foldIdentities } from './fold-identities.ts';
import { fuseSumSquare } from './fuse-sum-square.ts';
import { imageLayout } from './image-layout.ts';
import { PASSES, runPasses } from './index.ts';
import { mergeCommon } from './merge-common.ts';

/** The graph of a step as it is traced, before any pass. */
const traced = (step: Step, inputs: Readonly<Record<string, InputSpec>>): Graph =>
  trace({ backend: recordingBackend(), owner: {}, step, inputs, variables: [] });

/** The graph after `pass` and after dead code is gone, printed; verified on the way. */
function after(pass: (graph: Graph) => Graph, graph: Graph): string {
  const result = pass(graph);
  verify(result);
  return print(eliminateDead(result));
}

const vector = { x: { shape: [2, 3] } };

describe('print', () => {
  it('writes a graph, one node a line', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', { shape: [2], dtype: 'float32' });
    const w = builder.readState(4, { shape: [2], dtype: 'float32' });
    const sum = builder.emit('Add', [x.id, w.id]);
    const two = builder.fill({ shape: [], dtype: 'float32' }, 2);
    const dense = builder.constant({ shape: [2], dtype: 'float32' }, Float32Array.of(1, 3));
    const scaled = builder.emit('Multiply', [sum.id, two.id]);
    const total = builder.emit('Sub', [scaled.id, dense.id]);
    builder.output('y', total.id);
    builder.writeState(4, sum.id);
    verify(builder.build());
    expect(print(builder.build())).toMatchInlineSnapshot(`
      "input x -> %0:float32[2]
      state 4 -> %1:float32[2]
      %2:float32[2] = Add(%0, %1)
      %5:float32[2] = Multiply(%2, 2[])
      %6:float32[2] = Sub(%5, const[2])
      output y <- %6
      state 4 <- %2"
    `);
  });
});

describe('merge-common', () => {
  it('computes once what is the same, constants included', () => {
    const step: Step = ({ x }) => ({
      y: tf.add(tf.exp(tf.mul(x!, tf.scalar(2))), tf.exp(tf.mul(x!, tf.scalar(2)))),
    });
    expect(after(mergeCommon, traced(step, vector))).toMatchInlineSnapshot(`
      "input x -> %0:float32[2,3]
      %2:float32[2,3] = Multiply(%0, 2[])
      %3:float32[2,3] = Exp(%2)
      %7:float32[2,3] = Add(%3, %3)
      output y <- %7"
    `);
  });

  it('keeps apart what differs in an infinity or in the sign of zero', () => {
    const step: Step = ({ x }) => ({
      a: tf.pad(tf.reshape(x!, [6]), [[1, 0]], Infinity),
      b: tf.pad(tf.reshape(x!, [6]), [[1, 0]], -Infinity),
      c: tf.div(tf.scalar(0), x!),
      d: tf.div(tf.scalar(-0), x!),
    });
    expect(after(mergeCommon, traced(step, vector))).toMatchInlineSnapshot(`
      "input x -> %0:float32[2,3]
      %1:float32[6] = Reshape(%0) {shape=[6]}
      %2:float32[7] = PadV2(%1) {before=[1] after=[0] value=Infinity}
      %4:float32[7] = PadV2(%1) {before=[1] after=[0] value=-Infinity}
      %6:float32[2,3] = RealDiv(0[], %0)
      %8:float32[2,3] = RealDiv(-0[], %0)
      output a <- %2
      output b <- %4
      output c <- %6
      output d <- %8"
    `);
  });
});

describe('fold-identities', () => {
  it('drops what changes nothing', () => {
    const step: Step = ({ x }) => {
      let y: Tensor = tf.add(x!, 0);
      y = tf.div(tf.mul(1, y), 1);
      y = tf.sub(tf.pow(y, 1), tf.zeros([2, 3]));
      y = tf.tile(tf.cast(tf.slice(y, 0, 2), 'float32'), [1, 1]);
      y = tf.reshape(tf.reshape(tf.transpose(y, [0, 1]), [6]), [3, 2]);
      return { y: tf.max(tf.sum(tf.expandDims(y), 0, true), 0) };
    };
    expect(after((graph) => foldIdentities(foldIdentities(graph)), traced(step, vector)))
      .toMatchInlineSnapshot(`
      "input x -> %0:float32[2,3]
      %9:float32[3,2] = Reshape(%0) {shape=[3,2]}
      output y <- %9"
    `);
  });

  it('broadcasts when the neutral operand was the larger one', () => {
    const step: Step = ({ x }) => ({ y: tf.mul(x!, tf.ones([4, 2, 3])) });
    expect(after(foldIdentities, traced(step, vector))).toMatchInlineSnapshot(`
      "input x -> %0:float32[2,3]
      %2:float32[4,2,3] = BroadcastTo(%0) {shape=[4,2,3]}
      output y <- %2"
    `);
  });

  it('keeps what has an effect', () => {
    const step: Step = ({ x }) => ({ a: tf.sub(0, x!), b: tf.div(1, x!), c: tf.cast(x!, 'int32') });
    expect(after(foldIdentities, traced(step, vector))).toMatchInlineSnapshot(`
      "input x -> %0:float32[2,3]
      %3:float32[2,3] = Sub(0[], %0)
      %4:float32[2,3] = RealDiv(1[], %0)
      %5:int32[2,3] = Cast(%0) {dtype="int32"}
      output a <- %3
      output b <- %4
      output c <- %5"
    `);
  });
});

describe('delay-broadcasts', () => {
  it('computes on the small tensor, and broadcasts in the operation that needs it', () => {
    const step: Step = ({ x, y }) => ({
      z: tf.add(y!, tf.mul(tf.mul(x!, tf.ones([4, 2, 3])), 5)),
    });
    const graph = foldIdentities(traced(step, { x: { shape: [2, 3] }, y: { shape: [4, 2, 3] } }));
    expect(after(delayBroadcasts, graph)).toMatchInlineSnapshot(`
      "input x -> %0:float32[2,3]
      input y -> %1:float32[4,2,3]
      %5:float32[2,3] = Multiply(%0, 5[])
      %7:float32[4,2,3] = Add(%1, %5)
      output z <- %7"
    `);
  });

  it('makes a uniform constant a scalar', () => {
    const step: Step = ({ x }) => ({ y: tf.maximum(x!, tf.fill([2, 3], 0.5)) });
    expect(after(delayBroadcasts, traced(step, vector))).toMatchInlineSnapshot(`
      "input x -> %0:float32[2,3]
      %3:float32[2,3] = Maximum(%0, 0.5[])
      output y <- %3"
    `);
  });
});

describe('fuse-sum-square', () => {
  it('reads x once, whichever way it is squared', () => {
    const step: Step = ({ x }) => ({ a: tf.sum(tf.square(x!), 1), b: tf.sum(tf.mul(x!, x!), 0, true) });
    expect(after(fuseSumSquare, traced(step, vector))).toMatchInlineSnapshot(`
      "input x -> %0:float32[2,3]
      %2:float32[2] = SumSquare(%0) {axes=[1] keepDims=false}
      %4:float32[1,3] = SumSquare(%0) {axes=[0] keepDims=true}
      output a <- %2
      output b <- %4"
    `);
  });

  it('leaves other products alone', () => {
    const step: Step = ({ x }) => ({ y: tf.sum(tf.mul(x!, tf.neg(x!))) });
    expect(after(fuseSumSquare, traced(step, vector))).toMatchInlineSnapshot(`
      "input x -> %0:float32[2,3]
      %1:float32[2,3] = Neg(%0)
      %2:float32[2,3] = Multiply(%0, %1)
      %3:float32[] = Sum(%2) {axes=[0,1] keepDims=false}
      output y <- %3"
    `);
  });
});

describe('eliminate-dead', () => {
  it('drops nodes, constants and state that nothing depends on, and keeps inputs', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', { shape: [2], dtype: 'float32' });
    const unused = builder.readState(0, { shape: [2], dtype: 'float32' });
    const used = builder.readState(1, { shape: [2], dtype: 'float32' });
    builder.fill({ shape: [], dtype: 'float32' }, 3);
    builder.emit('Add', [x.id, unused.id]);
    const kept = builder.emit('Neg', [used.id]);
    builder.writeState(2, kept.id);
    expect(after(eliminateDead, builder.build())).toMatchInlineSnapshot(`
      "input x -> %0:float32[2]
      state 1 -> %2:float32[2]
      %5:float32[2] = Neg(%2)
      state 2 <- %5"
    `);
  });
});

const images = {
  x: { shape: [2, 8, 8, 3] },
  a: { shape: [4, 4, 3, 5] },
  b: { shape: [4, 4, 5, 6] },
  bias: { shape: [5] },
};

const chain: Step = ({ x, a, b, bias }) => {
  const first = tf.add(tf.conv2d(x as Tensor4D, a as Tensor4D, 2, 1), bias!);
  return { y: tf.conv2d(tf.leakyRelu(first) as Tensor4D, b as Tensor4D, 2, 1) };
};

describe('image-layout', () => {
  it('transposes at the borders only', () => {
    expect(after(imageLayout, traced(chain, images))).toMatchInlineSnapshot(`
      "input x -> %0:float32[2,8,8,3]
      input a -> %1:float32[4,4,3,5]
      input b -> %2:float32[4,4,5,6]
      input bias -> %3:float32[5]
      %4:float32[2,3,8,8] = Transpose(%0) {perm=[0,3,1,2]}
      %5:float32[5,3,4,4] = Transpose(%1) {perm=[3,2,0,1]}
      %6:float32[2,5,4,4] = Conv2D(%4, %5) {strides=[2,2] dilations=[1,1] pads=[1,1,1,1] layout="NCHW"}
      %7:float32[1,5,1,1] = Reshape(%3) {shape=[1,5,1,1]}
      %8:float32[2,5,4,4] = Add(%6, %7)
      %9:float32[2,5,4,4] = LeakyRelu(%8) {alpha=0.2}
      %10:float32[6,5,4,4] = Transpose(%2) {perm=[3,2,0,1]}
      %11:float32[2,6,2,2] = Conv2D(%9, %10) {strides=[2,2] dilations=[1,1] pads=[1,1,1,1] layout="NCHW"}
      %12:float32[2,2,2,6] = Transpose(%11) {perm=[0,2,3,1]}
      output y <- %12"
    `);
  });

  it('keeps filters in the engine as they are computed with, so that no state is transposed', async () => {
    const engine = new OnnxEngine({ verifyPasses: true });
    const filter = engine.variable({ name: 'filter', shape: [4, 4, 3, 5] });
    const moment = engine.variable({ name: 'moment', shape: [4, 4, 3, 5] });
    const graph = engine.graph(
      ({ x }) => {
        const { value, grads } = tf.variableGrads(
          () => tf.sum(tf.square(tf.conv2d(x as Tensor4D, filter as unknown as Tensor4D, 2, 1))) as never,
          [filter],
        );
        moment.assign(tf.add(tf.mul(moment, 0.5), grads[filter.name]!));
        filter.assign(tf.sub(filter, tf.mul(moment, 0.1)));
        return { value };
      },
      { x: images.x },
    );
    expect(print(graph)).toMatchInlineSnapshot(`
      "input x -> %0:float32[2,8,8,3]
      state 0 -> %1:float32[5,3,4,4]
      state 1 -> %2:float32[5,3,4,4]
      %6:float32[2,3,8,8] = Transpose(%0) {perm=[0,3,1,2]}
      %7:float32[2,5,4,4] = Conv2D(%6, %1) {strides=[2,2] dilations=[1,1] pads=[1,1,1,1] layout="NCHW"}
      %8:float32[] = SumSquare(%7) {axes=[0,1,2,3] keepDims=false}
      %9:float32[2,5,4,4] = Multiply(%7, 2[])
      %10:float32[5,3,4,4] = Conv2DBackpropFilter(%6, %9) {strides=[2,2] dilations=[1,1] pads=[1,1,1,1] layout="NCHW" shape=[5,3,4,4]}
      %11:float32[5,3,4,4] = Multiply(%2, 0.5[])
      %12:float32[5,3,4,4] = Add(%11, %10)
      %13:float32[5,3,4,4] = Multiply(%12, 0.10000000149011612[])
      %14:float32[5,3,4,4] = Sub(%1, %13)
      output value <- %8
      state 0 <- %14
      state 1 <- %12"
    `);
    await engine.dispose();
  });
});

describe('all passes', () => {
  it('run in their order, each on what the one before left', () => {
    const seen: string[] = [];
    runPasses(traced(chain, images), (graph, pass) => {
      verify(graph);
      seen.push(pass);
    });
    expect(seen).toEqual(PASSES.map(({ name }) => name));
  });
});
