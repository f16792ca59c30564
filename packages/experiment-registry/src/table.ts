/** A column of a Markdown table. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Characters that a terminal draws over the one before. */
const COMBINING = /\p{Mark}|\u200d|\ufe0f/gu;

const width = (text: string): number => [...text.replace(COMBINING, '')].length;

const escaped = (text: string): string => text.replace(/\|/g, '\\|').replace(/\s*[\r\n]+\s*/g, ' ');

/** A Markdown table whose columns also line up as plain text. Cells are Markdown; `|` and line breaks are escaped. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = [columns.map(({ title }) => title), ...rows].map((row) => row.map(escaped));
  const widths = columns.map((_, index) => Math.max(3, ...cells.map((row) => width(row[index] ?? ''))));
  const line = (row: readonly string[]): string =>
    `| ${columns.map(({ align }, index) => padded(row[index] ?? '', { align, to: widths[index]! })).join(' | ')} |`;
  const rule = columns.map(({ align }, index) => {
    const dashes = '-'.repeat(widths[index]! - 1);
    return align === 'right' ? `${dashes}:` : `-${dashes}`;
  });
  const [head, ...body] = cells;
  return [line(head!), `| ${rule.join(' | ')} |`, ...body.map(line)].join('\n');
}

function padded(text: string, { align, to }: { align: Column['align']; to: number }): string {
  const space = ' '.repeat(Math.max(0, to - width(text)));
  return align === 'right' ? space + text : text + space;
}
