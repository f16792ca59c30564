import type { Graph, Node } from '../graph/graph.ts';
import { operatorOf } from '../graph/operators/index.ts';
import { operands } from '../graph/operators/onnx.ts';
import type { OnnxGraph, OnnxNode } from './model.ts';
import { OnnxGraphWriter } from './onnx-writer.ts';

/** ONNX names of a graph's inputs, outputs and state. */
export const inputName = (name: string): string => `in:${name}`;
export const outputName = (name: string): string => `out:${name}`;
export const stateInName = (slot: number): string => `state:${slot}`;
export const stateOutName = (slot: number): string => `state':${slot}`;

function write(node: Node, w: OnnxGraphWriter): void {
  const { onnx } = operatorOf(node.kernel);
  if (typeof onnx === 'string') w.result(node, { op: onnx, inputs: operands(node, w) });
  else onnx(node, w);
}

/** Writes a graph in NCHW layout in ONNX operators; `onNode` receives those written for each node, in order. */
export function lower(graph: Graph, onNode: (written: readonly OnnxNode[]) => void = () => {}): OnnxGraph {
  const w = new OnnxGraphWriter(graph);
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
    const before = w.nodes.length;
    write(node, w);
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
