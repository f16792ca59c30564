import { html, type Html, type HtmlValue } from '../frame/html.ts';
import { oneFile } from '../frame/one-file.ts';
import { UPDATES, count, short, typeText } from './figures.ts';
import { operationsList } from './operations-list.ts';
import { partsDrawing } from './parts-drawing.ts';
import { changesText } from './pass-view.ts';
import { stateText, type StepView } from './step-view.ts';
import { textTable } from './text-table.ts';

const asset = (name: string): URL => new URL(`../../assets/${name}`, import.meta.url);

/** The step as a page: one file that needs no other. The same step gives the same bytes. */
export function stepPage(view: StepView): Promise<string> {
  const { step, counts, parameters } = view;
  const title = `${step.architecture} at ${step.imageSize} px: ${UPDATES[step.update]}`;
  return oneFile({
    title: `MedImageGAN: ${title}`,
    subject: 'the step',
    nav: { label: 'Sections', links: SECTIONS.map(([id, name]) => html`<a href="#${id}">${name}</a>`) },
    main: html`<h1>${title}</h1>
      <p>
        ${step.objective}, batch ${step.batchSize}. ${count(counts.traced)} operations traced,
        ${count(counts.run)} after the passes, written as ${count(counts.onnx)} ONNX nodes.
        ${short(counts.multiplyAdds)} multiply-adds. Parameters: generator ${short(parameters.generator)},
        discriminator ${short(parameters.discriminator)}.
      </p>
      ${section('parts', 'Parts of the step', partsDrawing(view))}
      ${section('operations', 'Every operation', operationsList(view))} ${kernelsSection(view)}
      ${passesSection(view)} ${bordersSection(view)}`,
    footer: html`Made by <code>medgan engine show</code>. Multiply-adds are counted of convolutions and matrix
      products, padding included. ONNX Runtime fuses further when it loads the graph.`,
    css: asset('engine-page.css'),
    scripts: [asset('engine-page.js')],
  });
}

const SECTIONS = [
  ['parts', 'Parts of the step'],
  ['operations', 'Every operation'],
  ['kernels', 'Kinds of operations'],
  ['passes', 'Passes'],
  ['borders', 'Inputs, outputs, state'],
] as const;

const section = (id: string, title: string, content: HtmlValue): Html =>
  html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section>`;

const kernelsSection = ({ kernels, operators }: StepView): Html =>
  section('kernels', 'Kinds of operations', [
    textTable('Operations by TF.js kernel', ['kernel', 'traced', 'run', 'multiply-adds'], {
      rows: kernels.map(({ kernel, traced, run, multiplyAdds }) => [
        kernel,
        count(traced),
        count(run),
        multiplyAdds === 0 ? 'none' : short(multiplyAdds),
      ]),
      numbers: [1, 2, 3],
    }),
    html`<h3>As ONNX operators</h3>`,
    textTable('Nodes by ONNX operator', ['operator', 'nodes'], {
      rows: Object.entries(operators)
        .sort(([, a], [, b]) => b - a)
        .map(([name, nodes]) => [name, count(nodes)]),
      numbers: [1],
    }),
  ]);

const passesSection = ({ passes, counts }: StepView): Html =>
  section('passes', 'What each pass did', [
    textTable('The passes in their order', ['pass', 'operations after it', 'changed'], {
      rows: [
        ['as traced', count(counts.traced), ''],
        ...passes.map((pass) => [pass.name, count(pass.nodes), changesText(pass)]),
      ],
      numbers: [1],
    }),
  ]);

const bordersSection = ({ inputs, outputs, state }: StepView): Html =>
  section('borders', 'Inputs, outputs and state', [
    textTable('Inputs and outputs', ['name', 'way', 'shape'], {
      rows: [
        ...inputs.map((tensor) => [tensor.name, 'in', typeText(tensor)]),
        ...outputs.map((tensor) => [tensor.name, 'out', typeText(tensor)]),
      ],
      numbers: [],
    }),
    html`<h3>State, kept in the engine between steps</h3>`,
    textTable('State', ['name', 'kind', 'shape', 'read', 'written'], {
      rows: state.map((held) => [
        stateText(held),
        held.kind,
        typeText(held),
        held.isRead ? 'yes' : 'no',
        held.isWritten ? 'yes' : 'no',
      ]),
      numbers: [],
    }),
  ]);
