import { html, type Html } from '../frame/html.ts';
import { scrollingTable } from '../frame/scrolling-table.ts';
import { count, short, typeText } from './figures.ts';
import type { NodeView, OperandView, PartView, StepView } from './step-view.ts';

/** Every operation, folded by the parts of the step, with a search over all of them. */
export const operationsList = ({ nodes, parts }: StepView): Html =>
  html`<form class="search" role="search">
      <label for="search">Search kernels, shapes, variables, files</label>
      <input id="search" type="search" autocomplete="off" spellcheck="false" />
      <button type="button" data-fold="open">Open all parts</button>
      <button type="button" data-fold="close">Close all parts</button>
      <p id="found" role="status">${count(nodes.length)} operations</p>
    </form>
    ${parts.map((part, index) => partList(part, { index, nodes: nodes.filter((node) => node.part === part.name) }))}`;

const HEADS = ['no.', 'operation', 'takes', 'gives', 'ONNX', 'multiply-adds', 'called in'];

function partList(
  { name, multiplyAdds }: PartView,
  { index, nodes }: { readonly index: number; readonly nodes: readonly NodeView[] },
): Html {
  return html`<details class="part" id="part-${index}">
    <summary>
      ${name}
      <span class="facts"
        >${count(nodes.length)}
        operations${multiplyAdds > 0 && `, ${short(multiplyAdds)} multiply-adds`}</span
      >
    </summary>
    ${scrollingTable({ caption: `Operations of ${name}`, heads: HEADS, groups: [nodes.map(operationRow)] })}
  </details>`;
}

/** An attribute that layouts and gradients carry along and that says nothing to a reader. */
const UNTOLD = ['layout', 'shape', 'dtype'];

const attributesText = (attributes: NodeView['attributes']): string =>
  Object.entries(attributes)
    .filter(([key, value]) => !UNTOLD.includes(key) && value !== undefined && value !== false)
    .map(([key, value]) => `${key} ${Array.isArray(value) ? `[${value.join(', ')}]` : String(value)}`)
    .join(', ');

const operand = ({ text, node, ...tensor }: OperandView): Html =>
  html`<li>${node === undefined ? text : html`<a href="#op-${node}">${text}</a>`} ${typeText(tensor)}</li>`;

function operationRow(node: NodeView): Html {
  const attributes = attributesText(node.attributes);
  return html`<tr id="op-${node.index}">
    <td class="number">${node.index}</td>
    <th scope="row">${node.kernel}${attributes !== '' && html` <small>${attributes}</small>`}</th>
    <td>
      <ul>
        ${node.inputs.map(operand)}
      </ul>
    </td>
    <td class="shape">${typeText(node)}</td>
    <td>${node.operators.join(', ')}</td>
    <td class="number">${node.multiplyAdds === 0 ? '' : short(node.multiplyAdds)}</td>
    <td class="place">${node.place ?? ''}</td>
  </tr>`;
}
