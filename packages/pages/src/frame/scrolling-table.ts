import { Html, html } from './html.ts';

/** A table with its caption, which screen readers announce. */
export interface Table {
  readonly caption: string;
  /** Of the `table` element. */
  readonly className?: string;
  /** A text is a heading of its column; markup is the whole `th`. */
  readonly heads: readonly (string | Html)[];
  /** Rows, each a whole `tr`, in the groups they belong to. */
  readonly groups: readonly (readonly Html[])[];
}

/** What is wide, scrolling by itself where the screen is narrow, for the keyboard too. */
export const scrolling = (label: string, content: Html): Html =>
  html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${content}</div>`;

/** A table that scrolls by itself where the screen is narrow. */
export const scrollingTable = ({ caption, className, heads, groups }: Table): Html =>
  scrolling(
    caption,
    html`<table${className !== undefined && html` class="${className}"`}>
      <caption class="hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads.map((head) => (head instanceof Html ? head : html`<th scope="col">${head}</th>`))}
        </tr>
      </thead>
      ${groups.map(
        (rows) =>
          html`<tbody>
            ${rows}
          </tbody>`,
      )}
    </table>`,
  );
