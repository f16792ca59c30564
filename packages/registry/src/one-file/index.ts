/**
 * A report as one HTML file: the frame around it, its markup and its tables.
 *
 * @module @medgan/registry/one-file
 */

export { html, type Html, type HtmlValue } from './html.ts';
export { oneFile, type OneFile } from './one-file.ts';
export { scrolling, scrollingTable, type Table } from './scrolling-table.ts';
