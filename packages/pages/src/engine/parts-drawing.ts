import { html, type Html } from '../frame/html.ts';
import { scrolling } from '../frame/scrolling-table.ts';
import { count, short } from './figures.ts';
import type { NodeView, PartView, StepView } from './step-view.ts';
import { textTable } from './text-table.ts';

/** Operators that move numbers and compute none. */
const MOVING = ['Reshape', 'Transpose', 'Expand', 'Slice', 'Pad', 'Concat', 'Tile', 'Gather', 'Identity'];

const FAMILIES = {
  products: 'convolutions and matrix products',
  arithmetic: 'arithmetic and sums',
  moves: 'reshaping and moving',
} as const;

type Family = keyof typeof FAMILIES;

function familyOf({ multiplyAdds, operators }: NodeView): Family {
  if (multiplyAdds > 0) return 'products';
  return operators.every((operator) => MOVING.includes(operator)) ? 'moves' : 'arithmetic';
}

const ROW = 40;
const TOP = 26;
const NAME = { x: 0, width: 250 };
const BAR = { x: 262, width: 250 };
const PRODUCTS = { x: 586, width: 130 };
const ARCS = 800;
const WIDTH = 940;

const middle = (index: number): number => TOP + index * ROW + ROW / 2;

/**
 * The parts one under the other in the order they are first computed, with their operations by family, their
 * multiply-adds, and an arc for the values that one part takes from another. A step of any size has about ten parts.
 */
export function partsDrawing({ parts, nodes }: StepView): Html {
  const height = TOP + parts.length * ROW + 8;
  const most = {
    nodes: Math.max(...parts.map((part) => part.nodes)),
    products: Math.max(1, ...parts.map((part) => part.multiplyAdds)),
  };
  const arcs = parts.flatMap((part, to) =>
    Object.entries(part.from).map(([from, values]) =>
      arc({ from: parts.findIndex(({ name }) => name === from), to, values }),
    ),
  );
  const drawing = html`<svg
    viewBox="0 0 ${WIDTH} ${height}"
    width="${WIDTH}"
    height="${height}"
    role="group"
    aria-label="Parts of the step; the table below says the same"
  >
    <defs>
      <marker
        id="tip"
        viewBox="0 0 8 8"
        refX="7"
        refY="4"
        markerWidth="8"
        markerHeight="8"
        orient="auto"
        markerUnits="userSpaceOnUse"
      >
        <path d="M0 0.5 8 4 0 7.5Z" />
      </marker>
    </defs>
    <g class="heads" aria-hidden="true">
      <text x="${BAR.x}" y="14">operations</text>
      <text x="${PRODUCTS.x}" y="14">multiply-adds</text>
      <text x="${ARCS}" y="14">values handed on</text>
    </g>
    <g class="arcs" aria-hidden="true">${arcs}</g>
    ${parts.map((part, index) => partRow(part, { index, most, nodes: nodes.filter((node) => node.part === part.name) }))}
  </svg>`;
  return html`<figure>
    ${scrolling('Drawing of the parts', drawing)}
    <figcaption>
      <ul class="legend">
        ${Object.entries(FAMILIES).map(([family, text]) => html`<li><span class="swatch ${family}" aria-hidden="true"></span>${text}</li>`)}
      </ul>
    </figcaption>
    ${partsTable(parts)}
  </figure>`;
}

interface RowContext {
  readonly index: number;
  readonly most: { readonly nodes: number; readonly products: number };
  readonly nodes: readonly NodeView[];
}

function partRow(part: PartView, { index, most, nodes }: RowContext): Html {
  const y = middle(index);
  let x = BAR.x;
  const bars = (Object.keys(FAMILIES) as Family[]).map((family) => {
    const own = nodes.filter((node) => familyOf(node) === family).length;
    const width = (BAR.width * own) / most.nodes;
    const bar = html`<rect
      class="${family}"
      x="${x.toFixed(1)}"
      y="${y - 9}"
      width="${width.toFixed(1)}"
      height="18"
      ><title>${own} ${FAMILIES[family]}</title></rect
    >`;
    x += width;
    return bar;
  });
  const products = (PRODUCTS.width * part.multiplyAdds) / most.products;
  return html`<a class="row" href="#part-${index}">
      <rect class="box" x="${NAME.x + 1}" y="${y - 15}" width="${NAME.width - 2}" height="30" rx="4" />
      <text x="${NAME.x + 10}" y="${y + 4}">${part.name}</text>
    </a>
    <g aria-hidden="true">
      ${bars}<text x="${(x + 6).toFixed(1)}" y="${y + 4}">${count(part.nodes)}</text>
      ${
        part.multiplyAdds > 0 &&
        html`<rect
            class="products"
            x="${PRODUCTS.x}"
            y="${y - 9}"
            width="${products.toFixed(1)}"
            height="18"
          />
          <text x="${(PRODUCTS.x + products + 6).toFixed(1)}" y="${y + 4}">${short(part.multiplyAdds)}</text>`
      }
    </g>`;
}

/** From the lower half of a row to the upper half of another; the further apart, the wider the arc. */
function arc({ from, to, values }: { from: number; to: number; values: number }): Html {
  const [start, end] = [middle(from) + 6, middle(to) - 6];
  const reach = ARCS + 14 + 14 * Math.abs(to - from);
  const width = (1 + Math.log2(values) / 2).toFixed(1);
  return html`<path
    d="M${ARCS} ${start}C${reach} ${start} ${reach} ${end} ${ARCS + 2} ${end}"
    stroke-width="${width}"
    marker-end="url(#tip)"
    ><title>${values} values</title></path
  >`;
}

const partsTable = (parts: readonly PartView[]): Html =>
  html`<details>
    <summary>The drawing as a table</summary>
    ${textTable(
      'Parts of the step, and what each takes from others',
      ['part', 'operations', 'multiply-adds', 'values taken from'],
      {
        rows: parts.map(({ name, nodes, multiplyAdds, from }) => [
          name,
          count(nodes),
          multiplyAdds === 0 ? 'none' : short(multiplyAdds),
          Object.entries(from)
            .map(([part, values]) => `${part} (${values})`)
            .join('; ') || 'no other part',
        ]),
        numbers: [1, 2],
      },
    )}
  </details>`;
