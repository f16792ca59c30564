import { type Column, markdownTable } from '@medgan/experiment-registry';
import { UPDATES, count, short, typeText } from './figures.ts';
import { changesText } from './pass-view.ts';
import type { StateView, StepView } from './step-view.ts';

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });

const KINDS_SHOWN = 3;

/** The step as text for a terminal: counts and tables, without the single operations. */
export function stepText(view: StepView): string {
  const { step, counts, parameters } = view;
  return [
    `${step.architecture} at ${step.imageSize} px, ${step.objective}, batch ${step.batchSize}: ${UPDATES[step.update]}`,
    `${count(counts.traced)} operations traced, ${count(counts.run)} after the passes, written as ` +
      `${count(counts.onnx)} ONNX nodes; ${short(counts.multiplyAdds)} multiply-adds`,
    `parameters: generator ${short(parameters.generator)}, discriminator ${short(parameters.discriminator)}`,
    section('What each pass did', passTable(view)),
    section('Operations', kernelTable(view)),
    section('Parts of the step', partTable(view)),
    section('Inputs and outputs', borderTable(view)),
    section('State, kept in the engine between steps', stateTable(view)),
    optimiserLine(view.state),
    '',
    'Multiply-adds are counted of convolutions and matrix products, padding included. ONNX Runtime fuses further when',
    'it loads the graph. The last, smaller batch of an epoch is a graph of its own, alike but for its shapes.',
    '',
  ].join('\n');
}

const section = (title: string, table: string): string => `\n${title}\n\n${table}`;

const passTable = ({ passes, counts }: StepView): string =>
  markdownTable(
    [left('pass'), right('operations'), left('changed')],
    [
      ['as traced', count(counts.traced), ''],
      ...passes.map((pass) => [pass.name, count(pass.nodes), changesText(pass, KINDS_SHOWN)]),
    ],
  );

const kernelTable = ({ kernels }: StepView): string =>
  markdownTable(
    [left('kernel'), right('traced'), right('run'), right('multiply-adds')],
    kernels.map(({ kernel, traced, run, multiplyAdds }) => [
      kernel,
      count(traced),
      count(run),
      multiplyAdds === 0 ? '' : short(multiplyAdds),
    ]),
  );

const partTable = ({ parts }: StepView): string =>
  markdownTable(
    [left('part'), right('operations'), right('multiply-adds')],
    parts.map(({ name, nodes, multiplyAdds }) => [
      name,
      count(nodes),
      multiplyAdds === 0 ? '' : short(multiplyAdds),
    ]),
  );

const borderTable = ({ inputs, outputs }: StepView): string =>
  markdownTable(
    [left(''), left('name'), left('shape')],
    [
      ...inputs.map((tensor) => ['in', tensor.name, typeText(tensor)]),
      ...outputs.map((tensor) => ['out', tensor.name, typeText(tensor)]),
    ],
  );

const stateTable = ({ state }: StepView): string =>
  markdownTable(
    [left('network'), left('name'), left('shape'), left('kind')],
    state
      .filter(({ kind }) => kind !== 'optimiser')
      .map((held) => [held.network ?? '', held.name, typeText(held), held.kind]),
  );

function optimiserLine(state: readonly StateView[]): string {
  const held = state.filter(({ kind }) => kind === 'optimiser');
  const numbers = held.reduce((total, { shape }) => total + shape.reduce((size, n) => size * n, 1), 0);
  return `\nand ${count(held.length)} tensors of the optimisers, ${short(numbers)} numbers.`;
}
