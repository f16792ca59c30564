import type { Graph } from '../graph/graph.ts';
import { inputName, stateInName, stateOutName } from './lower.ts';
import type { OnnxEdge, OnnxGraph } from './model.ts';

/** Dynamic first dimension of the inputs and outputs of a series: one entry per step. */
const STEPS = 'steps';

/** A series's name for an input or output of the step: names in a `Scan` must differ from those of its body. */
export const seriesName = (name: string): string => `series/${name}`;

/**
 * Many steps as one graph: an ONNX `Scan` with the step as its body, the state that the step changes as loop state, and
 * its inputs and outputs stacked along a new first axis. State that is only read stays an input of its own name.
 * Source: ONNX operators, Scan-16, https://onnx.ai/onnx/operators/onnx__Scan.html
 */
export function seriesOf(step: OnnxGraph, changed: Graph['state'], given: Graph['inputs']): OnnxGraph {
  const ends = new Map([...step.inputs, ...step.outputs].map((edge) => [edge.name, edge]));
  const after = changed.map(({ slot }) => ends.get(stateOutName(slot))!);
  // A variable that is written without being read is carried too: the body has an input that nothing uses.
  const before = changed.map(({ slot }, i) => ({ ...after[i]!, name: stateInName(slot) }));
  const taken = given.map(({ name }) => ends.get(inputName(name))!);
  const results = step.outputs.filter((edge) => !after.includes(edge));
  const isPassedIn = new Set([...before, ...taken].map(({ name }) => name));
  const outer = (edge: OnnxEdge): OnnxEdge => ({ ...edge, name: seriesName(edge.name) });
  const stacked = (edge: OnnxEdge): OnnxEdge => ({ ...outer(edge), shape: [STEPS, ...edge.shape] });
  const inputs = [...before.map(outer), ...taken.map(stacked)];
  const outputs = [...after.map(outer), ...results.map(stacked)];
  return {
    name: 'series',
    nodes: [
      {
        op: 'Scan',
        inputs: inputs.map(({ name }) => name),
        outputs: outputs.map(({ name }) => name),
        attributes: {
          body: { graph: { ...step, inputs: [...before, ...taken], outputs: [...after, ...results] } },
          num_scan_inputs: taken.length,
        },
      },
    ],
    initializers: [],
    inputs: [...inputs, ...step.inputs.filter(({ name }) => !isPassedIn.has(name))],
    outputs,
  };
}
