import { html, type Html } from '../frame/html.ts';
import { scrollingTable } from '../frame/scrolling-table.ts';

/** A table of texts: the first cell names its row, columns in `numbers` are set right. */
export function textTable(
  caption: string,
  heads: readonly string[],
  { rows, numbers }: { readonly rows: readonly (readonly string[])[]; readonly numbers: readonly number[] },
): Html {
  const kind = (column: number): string => (numbers.includes(column) ? 'number' : 'text');
  return scrollingTable({
    caption,
    heads: heads.map((head, column) => html`<th scope="col" class="${kind(column)}">${head}</th>`),
    groups: [
      rows.map(
        ([first, ...rest]) =>
          html`<tr>
            <th scope="row">${first}</th>
            ${rest.map((cell, index) => html`<td class="${kind(index + 1)}">${cell}</td>`)}
          </tr>`,
      ),
    ],
  });
}
