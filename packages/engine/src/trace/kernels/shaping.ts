import { slice_util } from '@tensorflow/tfjs-core';
import type { Type } from '../../graph/builder.ts';
import { sizeOf } from '../../graph/graph.ts';
import { axesOf, ints, type KernelMacro, type KernelRule } from '../kernel-rule.ts';

const numbers = (value: unknown): number[] => [value].flat(2).map(Number);

/** Kernels that move elements without computing on them. */
export const shaping: readonly KernelRule[] = [
  {
    kernel: 'Reshape',
    inputs: ['x'],
    canonical: (attrs, [x]) => {
      const shape = numbers(attrs['shape']);
      const known = shape.reduce((product, n) => (n === -1 ? product : product * n), 1);
      return { shape: shape.map((n) => (n === -1 ? sizeOf(x!.shape) / known : n)) };
    },
    infer: ([x], attributes) => {
      const shape = ints(attributes, 'shape');
      if (sizeOf(shape) !== sizeOf(x!.shape)) {
        throw new Error(`cannot reshape [${x!.shape.join(', ')}] to [${shape.join(', ')}]`);
      }
      return [{ shape, dtype: x!.dtype }];
    },
  },
  {
    kernel: 'Transpose',
    inputs: ['x'],
    canonical: (attrs) => ({ perm: numbers(attrs['perm']) }),
    infer: ([x], attributes) => [
      { shape: ints(attributes, 'perm').map((axis) => x!.shape[axis]!), dtype: x!.dtype },
    ],
  },
  {
    kernel: 'Tile',
    inputs: ['x'],
    canonical: (attrs) => ({ reps: numbers(attrs['reps']) }),
    infer: ([x], attributes) => {
      const reps = ints(attributes, 'reps');
      return [{ shape: x!.shape.map((n, axis) => n * reps[axis]!), dtype: x!.dtype }];
    },
  },
  {
    // Ours: a peephole makes it of a multiplication by ones, which is how TF.js's gradients of sums broadcast.
    kernel: 'BroadcastTo',
    inputs: ['x'],
    canonical: (attrs) => ({ shape: numbers(attrs['shape']) }),
    infer: ([x], attributes) => [{ shape: ints(attributes, 'shape'), dtype: x!.dtype }],
  },
  {
    kernel: 'Slice',
    inputs: ['x'],
    canonical: (attrs, [x]) => {
      const [begin, size] = slice_util.parseSliceParams(
        { shape: [...x!.shape], rank: x!.shape.length } as never,
        attrs['begin'] as number[],
        attrs['size'] as number[],
      );
      return { begin: begin!, size: size! };
    },
    infer: ([x], attributes) => [{ shape: ints(attributes, 'size'), dtype: x!.dtype }],
  },
  {
    kernel: 'Concat',
    inputs: 'list',
    canonical: (attrs, inputs) => ({ axis: axesOf(attrs['axis'] ?? 0, inputs[0]!.shape.length)[0] }),
    infer: (inputs, attributes) => {
      const axis = attributes['axis'] as number;
      const total = inputs.reduce((sum, x) => sum + x.shape[axis]!, 0);
      return [{ shape: inputs[0]!.shape.map((n, i) => (i === axis ? total : n)), dtype: inputs[0]!.dtype }];
    },
  },
  {
    kernel: 'PadV2',
    inputs: ['x'],
    canonical: (attrs) => {
      const paddings = attrs['paddings'] as [number, number][];
      return {
        before: paddings.map((p) => p[0]),
        after: paddings.map((p) => p[1]),
        value: Number(attrs['constantValue'] ?? 0),
      };
    },
    infer: ([x], attributes) => {
      const [before, after] = [ints(attributes, 'before'), ints(attributes, 'after')];
      return [{ shape: x!.shape.map((n, axis) => n + before[axis]! + after[axis]!), dtype: x!.dtype }];
    },
  },
  {
    kernel: 'GatherV2',
    inputs: ['x', 'indices'],
    canonical: (attrs, [x]) => {
      if (Number(attrs['batchDims'] ?? 0) !== 0) throw new Error('GatherV2 with batchDims is not compiled');
      return { axis: axesOf(attrs['axis'] ?? 0, x!.shape.length)[0] };
    },
    infer: ([x, indices], attributes) => {
      const axis = attributes['axis'] as number;
      const shape = [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)];
      return [{ shape, dtype: x!.dtype }];
    },
  },
];

/** Kernels that are other kernels, constants or nothing. */
export const shapingMacros: readonly KernelMacro[] = [
  {
    kernel: 'ExpandDims',
    expand: ({ emit, inputs, attrs }) => {
      const x = inputs['input']!;
      const rank = x.shape.length + 1;
      const dim = (Number(attrs['dim']) + rank) % rank;
      return emit('Reshape', [x], { shape: [...x.shape.slice(0, dim), 1, ...x.shape.slice(dim)] });
    },
  },
  {
    kernel: 'Pack',
    expand: ({ emit, inputs, attrs }) => {
      const list = Object.values(inputs);
      const rank = list[0]!.shape.length + 1;
      const axis = (Number(attrs['axis'] ?? 0) + rank) % rank;
      const expanded = list.map((x) =>
        emit('Reshape', [x], { shape: [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)] }),
      );
      return emit('Concat', expanded, { axis });
    },
  },
  {
    kernel: 'Unpack',
    expand: ({ emit, inputs, attrs }) => {
      const x = inputs['value']!;
      const axis = (Number(attrs['axis'] ?? 0) + x.shape.length) % x.shape.length;
      return Array.from({ length: x.shape[axis]! }, (_, i) => {
        const begin = x.shape.map((_n, a) => (a === axis ? i : 0));
        const size = x.shape.map((n, a) => (a === axis ? 1 : n));
        const slice = emit('Slice', [x], { begin, size });
        return emit('Reshape', [slice], { shape: x.shape.filter((_n, a) => a !== axis) });
      });
    },
  },
  {
    kernel: 'SplitV',
    expand: ({ emit, inputs, attrs }) => {
      const x = inputs['x']!;
      const axis = (Number(attrs['axis'] ?? 0) + x.shape.length) % x.shape.length;
      const given = attrs['numOrSizeSplits'] as number | number[];
      const sizes = Array.isArray(given) ? given : Array<number>(given).fill(x.shape[axis]! / given);
      let at = 0;
      return sizes.map((n) => {
        const begin = x.shape.map((_n, a) => (a === axis ? at : 0));
        at += n;
        return emit('Slice', [x], { begin, size: x.shape.map((m, a) => (a === axis ? n : m)) });
      });
    },
  },
  {
    kernel: 'Fill',
    expand: ({ builder, attrs }) => {
      const dtype = (attrs['dtype'] as Type['dtype'] | undefined) ?? 'float32';
      return builder.fill({ shape: attrs['shape'] as number[], dtype }, Number(attrs['value']));
    },
  },
  {
    kernel: 'ZerosLike',
    expand: ({ builder, inputs }) => builder.fill(inputs['x']!, 0),
  },
  {
    kernel: 'OnesLike',
    expand: ({ builder, inputs }) => builder.fill(inputs['x']!, 1),
  },
];
