import { readFile } from 'node:fs/promises';
import { html, oneFile, scrolling, themeChoice, type Html } from '@medgan/registry/one-file';
import { UPDATES, count, short, typeText } from './figures.ts';
import { operationsSection } from './operations-section.ts';
import { partsDrawing } from './parts-drawing.ts';
import { changesText } from './pass-view.ts';
import { stateText, type StepView } from './step-view.ts';

const asset = (name: string): Promise<string> =>
  readFile(new URL(`../../assets/${name}`, import.meta.url), 'utf8');

/** The step as a page: one file that needs no other. The same step gives the same bytes. */
export async function stepPage(view: StepView): Promise<string> {
  const { step, counts, parameters } = view;
  const title = `${step.architecture} at ${step.imageSize} px: ${UPDATES[step.update]}`;
  const body = html`<a class="skip" href="#main">Skip to the step</a>
    <header class="top">
      <p class="brand">MedImageGAN</p>
      ${themeChoice()}
    </header>
    <nav aria-label="Sections">
      <ul>
        ${SECTIONS.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
      </ul>
    </nav>
    <main id="main" tabindex="-1">
      <h1>${title}</h1>
      <p class="lead">
        ${step.objective}, batch ${step.batchSize}. ${count(counts.traced)} operations traced,
        ${count(counts.run)} after the passes, written as ${count(counts.onnx)} ONNX nodes.
        ${short(counts.multiplyAdds)} multiply-adds. Parameters: generator ${short(parameters.generator)},
        discriminator ${short(parameters.discriminator)}.
      </p>
      <section id="parts" aria-labelledby="parts-title">
        <h2 id="parts-title">Parts of the step</h2>
        ${partsDrawing(view)}
      </section>
      ${operationsSection(view)} ${kernelsSection(view)} ${passesSection(view)} ${bordersSection(view)}
    </main>
    <footer>
      <p>
        Made by <code>medgan engine show</code>. Multiply-adds are counted of convolutions and matrix
        products, padding included. ONNX Runtime fuses further when it loads the graph.
      </p>
    </footer>`;
  return oneFile({
    title: `MedImageGAN: ${title}`,
    css: await asset('engine-page.css'),
    scripts: [await asset('engine-page.js')],
    body,
  });
}

const SECTIONS = [
  ['parts', 'Parts of the step'],
  ['operations', 'Every operation'],
  ['kernels', 'Kinds of operations'],
  ['passes', 'Passes'],
  ['borders', 'Inputs, outputs, state'],
] as const;

/** A table with a head; cells of the first column name their row, those of `numbers` are set right. */
function table(
  caption: string,
  heads: readonly string[],
  { rows, numbers }: { readonly rows: readonly (readonly string[])[]; readonly numbers: readonly number[] },
): Html {
  const kind = (index: number): string => (numbers.includes(index) ? 'number' : 'text');
  return scrolling(
    caption,
    html`<table>
      <caption class="hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads.map((head, index) => html`<th scope="col" class="${kind(index)}">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first, ...rest]) =>
            html`<tr>
              <th scope="row">${first}</th>
              ${rest.map((cell, index) => html`<td class="${kind(index + 1)}">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

const section = (id: string, title: string, content: readonly Html[]): Html =>
  html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${content}
  </section>`;

const kernelsSection = ({ kernels, operators }: StepView): Html =>
  section('kernels', 'Kinds of operations', [
    table('Operations by TF.js kernel', ['kernel', 'traced', 'run', 'multiply-adds'], {
      rows: kernels.map(({ kernel, traced, run, multiplyAdds }) => [
        kernel,
        count(traced),
        count(run),
        multiplyAdds === 0 ? 'none' : short(multiplyAdds),
      ]),
      numbers: [1, 2, 3],
    }),
    html`<h3>As ONNX operators</h3>`,
    table('Nodes by ONNX operator', ['operator', 'nodes'], {
      rows: Object.entries(operators)
        .sort(([, a], [, b]) => b - a)
        .map(([name, nodes]) => [name, count(nodes)]),
      numbers: [1],
    }),
  ]);

const passesSection = ({ passes, counts }: StepView): Html =>
  section('passes', 'What each pass did', [
    table('The passes in their order', ['pass', 'operations after it', 'changed'], {
      rows: [
        ['as traced', count(counts.traced), ''],
        ...passes.map((pass) => [pass.name, count(pass.nodes), changesText(pass)]),
      ],
      numbers: [1],
    }),
  ]);

const bordersSection = ({ inputs, outputs, state }: StepView): Html =>
  section('borders', 'Inputs, outputs and state', [
    table('Inputs and outputs', ['name', 'way', 'shape'], {
      rows: [
        ...inputs.map((tensor) => [tensor.name, 'in', typeText(tensor)]),
        ...outputs.map((tensor) => [tensor.name, 'out', typeText(tensor)]),
      ],
      numbers: [],
    }),
    html`<h3>State, kept in the engine between steps</h3>`,
    table('State', ['name', 'kind', 'shape', 'read', 'written'], {
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
