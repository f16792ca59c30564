/**
 * One cell of a CSV: in quotes where the bare text would be read otherwise (separators, quotes, line ends, blanks at the
 * ends, a byte order mark).
 */
function csvCell(text: string): string {
  return /[",;\t|\r\n\ufeff]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line of a CSV. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\n`;
