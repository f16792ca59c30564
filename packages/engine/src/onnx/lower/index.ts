import type { Graph } from '../../graph/graph.ts';
import type { OnnxGraph, OnnxNode } from '../model.ts';
import { convolutions } from './convolution.ts';
import { elementwise } from './elementwise.ts';
import { linear } from './linear.ts';
import { OnnxWriter, refuse, type Lowering } from './lowering.ts';
import { reduction } from './reduction.ts';
import { shaping } from './shaping.ts';
import { spatial } from './spatial.ts';

/** Lowerings by kernel name: a rule without a lowering is a bug, which a test looks for. */
export const LOWERINGS: Readonly<Record<string, Lowering>> = {
  ...elementwise,
  ...reduction,
  ...shaping,
  ...linear,
  ...convolutions,
  ...spatial,
};

/** ONNX names of a graph's borders. */
export const inputName = (name: string): string => `in:${name}`;
export const outputName = (name: string): string => `out:${name}`;
export const stateInName = (slot: number): string => `state:${slot}`;
export const stateOutName = (slot: number): string => `state':${slot}`;

/** Writes a laid-out graph in ONNX operators; `onNode` is told what was written for each node, in their order. */
export function lower(graph: Graph, onNode: (written: readonly OnnxNode[]) => void = () => {}): OnnxGraph {
  const w = new OnnxWriter(graph);
  const inputs = [
    ...graph.inputs.map(({ name, value }) => ({ name: inputName(name), value })),
    ...graph.state.flatMap(({ slot, read }) =>
      read === undefined ? [] : [{ name: stateInName(slot), value: read }],
    ),
  ];
  const outputs = [
    ...graph.outputs.map(({ name, value }) => ({ name: outputName(name), value })),
    ...graph.state.flatMap(({ slot, write }) =>
      write === undefined ? [] : [{ name: stateOutName(slot), value: write }],
    ),
  ];
  for (const { name, value } of inputs) w.alias(value, name);
  // An output that is an input, a constant or a second name of another output needs a copy of its own.
  const copies = outputs.filter(({ name, value }) => graph.constants.has(value) || !w.alias(value, name));
  for (const node of graph.nodes) {
    const lowering = LOWERINGS[node.kernel];
    if (!lowering) refuse(node, 'has no lowering and');
    const before = w.nodes.length;
    lowering(node, w);
    onNode(w.nodes.slice(before));
  }
  for (const { name, value } of copies) {
    w.nodes.push({ op: 'Identity', inputs: [w.name(value)], outputs: [name], attributes: {} });
  }
  const edge = ({ name, value }: { name: string; value: number }) => {
    const { shape, dtype } = w.type(value);
    return { name, type: dtype, shape };
  };
  return {
    name: 'step',
    nodes: w.nodes,
    initializers: w.initializers,
    inputs: inputs.map(edge),
    outputs: outputs.map(edge),
  };
}
