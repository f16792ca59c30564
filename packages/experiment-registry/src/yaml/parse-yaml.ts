import { constructFromEvents, EVENT_ID, parseEvents, YAMLException } from 'js-yaml';
import type { Event } from 'js-yaml';
import { MedganError } from '@medgan/files';
import { entryOf, lineAt, PositionFault, PositionReader, SCHEMA } from './positions.ts';

/** Where something is written; the line counts from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** A value that knows where each of its parts is written. */
export interface PlacedDocument<T = unknown> {
  /** As given: what errors call it. */
  readonly file: string;
  readonly value: T;
  /** The place of the key or list item at `path`, or of the last part of the path that exists. */
  readonly placeOf: (path: readonly string[]) => Place;
}

/** A parsed YAML file that still knows its lines. */
export interface YamlDocument<T = unknown> extends PlacedDocument<T> {
  /**
   * The line (from 1) of the key or list item at `path`; list items are counted from "0". Where the path leads nowhere,
   * the line of its last part that exists; of the document's first content when none does. What comes by an alias or
   * a merge key `<<` has the line where it is written.
   */
  readonly lineOf: (path: readonly string[]) => number;
}

const KEY_CURE = 'write `key: value`, with a space after the colon';

/** js-yaml's reasons, and what to do about them; the first that matches counts. */
const CURES: readonly (readonly [RegExp, string])[] = [
  [/tab characters/, 'indent with spaces'],
  [
    /unexpected end of the (stream|document) within a (double|single) quoted/,
    'close the text with the quote that opens it',
  ],
  [/unexpected end of the stream within a flow/, 'close the [ or { that stands open'],
  [/deficient indentation/, 'close the quote, [ or { that stands open above, or indent this line'],
  [/missed comma/, 'put a comma between the entries'],
  [/expected the node content/, 'remove the comma, or put a value before it'],
  [/expected ':'|whitespace character is expected/, KEY_CURE],
  [
    /bad indentation|end of the stream or a document/,
    'line the keys up, and quote a text that contains ": " or " #" or begins with one of @ ` % & * ! | > [ {',
  ],
  [/unknown .* tag|cannot resolve a node/, 'remove the tag: plain values are enough here'],
  [/complex keys/, 'use a plain text as key'],
  [/cannot merge/, 'give << a mapping or an alias of one'],
  [/escape|hexadecimal/, 'write \\\\ for a backslash, or use single quotes'],
  [/non-printable|null byte|valid JSON character/, 'save the file as plain UTF-8 text'],
  [/nesting exceeded/, 'nest less deeply'],
];

/**
 * Parses one YAML document (YAML 1.2 core schema with merge keys).
 * @throws MedganError `<file>:<line>:<column>: <fault>` with the cure, for a syntax error, a key given twice, an empty
 * file, several documents, an alias that contains itself.
 */
export function parseYaml(text: string, file: string): YamlDocument {
  const refuse = (offset: number, message: string, cure: string): MedganError => {
    const line = lineAt(text, offset);
    const column = offset - Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1));
    return new MedganError(`${file}:${line}:${column}: ${message}`, { cure });
  };
  try {
    const events = parseEvents(text, { filename: file });
    checkSingle(text, events);
    const root = new PositionReader(text, events).read();
    const [value] = constructFromEvents(events, { source: text, filename: file, schema: SCHEMA });
    const top = firstContent(events);
    const lineOf = (path: readonly string[]): number => {
      let [offset, node] = [top, root];
      for (const key of path) {
        const entry = entryOf(node, key);
        if (!entry) break;
        ({ offset, node } = entry);
      }
      return lineAt(text, offset);
    };
    return { file, value, lineOf, placeOf: (path) => ({ file, line: lineOf(path) }) };
  } catch (error) {
    if (error instanceof PositionFault) throw refuse(error.offset, error.message, error.cure);
    if (!(error instanceof YAMLException)) throw error;
    if (/multiline key/.test(error.reason)) {
      // js-yaml looks for the colon of the last line's key in the lines that follow.
      const end = text.slice(0, error.mark?.position ?? 0).trimEnd().length;
      throw refuse(end, "expected ':' after a key", KEY_CURE);
    }
    const cure = CURES.find(([reason]) => reason.test(error.reason))?.[1] ?? 'correct the YAML there';
    throw refuse(error.mark?.position ?? 0, error.reason, cure);
  }
}

function checkSingle(text: string, events: readonly Event[]): void {
  const documents = events.flatMap((event, index) => (event.type === EVENT_ID.DOCUMENT ? [index] : []));
  if (documents.length === 0) {
    throw new PositionFault('the file is empty', { offset: 0, cure: 'write `key: value` lines into it' });
  }
  if (documents.length === 1) return;
  const before = events.slice(0, documents[1]).reduce((end, event) => Math.max(end, endOf(event)), 0);
  const marker = /^---(?=\s|$)/gm;
  marker.lastIndex = before;
  throw new PositionFault('a second document begins', {
    offset: marker.exec(text)?.index ?? before,
    cure: 'keep one document a file: remove the --- line and what follows it',
  });
}

function endOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueEnd;
  if (event.type === EVENT_ID.ALIAS) return event.anchorEnd;
  // A marker that opens the first document stands before its content.
  return event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING ? event.start + 1 : 0;
}

function firstContent(events: readonly Event[]): number {
  const first = events[1]!;
  if (first.type === EVENT_ID.SCALAR) return Math.max(0, first.valueStart);
  return first.type === EVENT_ID.SEQUENCE || first.type === EVENT_ID.MAPPING ? first.start : 0;
}
