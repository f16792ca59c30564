import { constructFromEvents, CORE_SCHEMA, EVENT_ID, getScalarValue, mergeTag, SCALAR_STYLE } from 'js-yaml';
import type { Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml';

/** A fault found while reading positions: offsets count UTF-16 units from the start of the text. */
export class PositionFault extends Error {
  readonly offset: number;
  readonly cure: string;

  constructor(message: string, { offset, cure }: { offset: number; cure: string }) {
    super(message);
    this.offset = offset;
    this.cure = cure;
  }
}

/** One node of a YAML document: where it and the entries below it stand. */
export interface PositionNode {
  readonly entries: Map<string, PositionEntry>;
  /** Mappings taken in by `<<`, in order of precedence. */
  readonly merges: PositionNode[];
  readonly kind: 'scalar' | 'sequence' | 'mapping';
  /** A scalar as js-yaml makes a key of it: `0x10` is the key "16", as the value is. */
  key?: string;
  /** Still being read: an alias to it would contain itself. */
  open: boolean;
}

export interface PositionEntry {
  /** Of the key in a mapping, of the item in a sequence. */
  readonly offset: number;
  readonly node: PositionNode;
}

/** YAML 1.2's core schema, and `<<`, which the files of the field use. */
export const SCHEMA = CORE_SCHEMA.withTags(mergeTag);

/** The entry of `key`, found as js-yaml finds the value: own keys first, then the merged mappings in order. */
export function entryOf(node: PositionNode, key: string): PositionEntry | undefined {
  const own = node.entries.get(key);
  if (own) return own;
  for (const merged of node.merges) {
    const found = entryOf(merged, key);
    if (found) return found;
  }
  return undefined;
}

/** Reads the events of one document into a tree of positions. Aliases share the node they point at. */
export class PositionReader {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, PositionNode>();
  #next = 1;
  /** End of the last token whose place is known. */
  #end = 0;

  /** `events` as `parseEvents` gives them, from the document event on. */
  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  /** @throws PositionFault for a key given twice and an alias inside its own anchor. */
  read(): PositionNode {
    return this.#node();
  }

  #node(): PositionNode {
    const event = this.#events[this.#next++]!;
    if (event.type === EVENT_ID.ALIAS) return this.#aliased(event.anchorStart, event.anchorEnd);
    const node: PositionNode = { kind: kindOf(event), entries: new Map(), merges: [], open: true };
    if (event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) return node;
    if (event.anchorStart >= 0) {
      this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), node);
    }
    if (event.type === EVENT_ID.SCALAR) {
      this.#end = Math.max(this.#end, event.valueEnd, event.tagEnd, event.anchorEnd);
      node.key = this.#keyOf(event);
    } else if (event.type === EVENT_ID.SEQUENCE) {
      this.#sequence(node, event);
    } else {
      this.#mapping(node, event);
    }
    node.open = false;
    return node;
  }

  #keyOf(event: ScalarEvent): string {
    const alone: Event[] = [this.#events[0]!, event, { type: EVENT_ID.POP }];
    return String(constructFromEvents(alone, { source: this.#text, schema: SCHEMA })[0]);
  }

  #aliased(start: number, end: number): PositionNode {
    this.#end = end;
    const name = this.#text.slice(start, end);
    const node = this.#anchors.get(name);
    if (!node) {
      throw new PositionFault(`no anchor &${name} stands before *${name}`, {
        offset: start - 1,
        cure: `write &${name} at the value it is to repeat, or quote the text if * is part of it`,
      });
    }
    if (node.open) {
      throw new PositionFault(`*${name} stands inside the value &${name} names`, {
        offset: start - 1,
        cure: 'a value cannot contain itself: repeat only the part that is meant',
      });
    }
    return node;
  }

  #sequence(node: PositionNode, { start }: SequenceEvent): void {
    for (let index = 0; !this.#closes(); index++) {
      const offset = this.#offsetOfNext() ?? (index === 0 ? start : this.#nextDash());
      this.#end = Math.max(this.#end, offset);
      node.entries.set(String(index), { offset, node: this.#node() });
    }
  }

  #mapping(node: PositionNode, { start }: MappingEvent): void {
    const seen = new Map<string, number>();
    while (!this.#closes()) {
      const offset = this.#offsetOfNext() ?? Math.max(this.#end, start);
      const event = this.#events[this.#next]!;
      const key = this.#node().key;
      const value = this.#node();
      if (key === undefined) continue; // js-yaml refuses a collection as a key, with its place
      if (isMerge(this.#text, event)) {
        node.merges.push(...(value.kind === 'sequence' ? items(value) : [value]));
        continue;
      }
      const first = seen.get(key);
      if (first !== undefined) {
        throw new PositionFault(
          `key ${JSON.stringify(key)} is given twice (first on line ${lineAt(this.#text, first)})`,
          { offset, cure: 'remove one of the two' },
        );
      }
      seen.set(key, offset);
      node.entries.set(key, { offset, node: value });
    }
  }

  #closes(): boolean {
    if (this.#events[this.#next]!.type !== EVENT_ID.POP) return false;
    this.#next++;
    return true;
  }

  /** Where the next node begins: its anchor, tag or content; undefined when it is empty and has none of them. */
  #offsetOfNext(): number | undefined {
    const event = this.#events[this.#next]!;
    if (event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT) return undefined;
    if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
    const content = event.type === EVENT_ID.SCALAR ? contentStart(event) : event.start;
    const starts = [event.anchorStart, event.tagStart, content].filter((offset) => offset >= 0);
    return starts.length > 0 ? Math.min(...starts) : undefined;
  }

  /** The `-` of an empty item of a block sequence, or the end of what was read in a flow sequence. */
  #nextDash(): number {
    const dash = /(?:^|[\r\n])[ \t]*(?:-[ \t]+)*-(?=\s|$)/g;
    dash.lastIndex = this.#end;
    const found = dash.exec(this.#text);
    return found ? dash.lastIndex - 1 : this.#end;
  }
}

/** Offsets of scalars leave out what opens them: a quote, or the `|` or `>` on the line above a block. */
function contentStart({ style, valueStart }: ScalarEvent): number {
  return style === SCALAR_STYLE.PLAIN || valueStart <= 0 ? valueStart : valueStart - 1;
}

/** `<<`, unless quoted or tagged as a string. */
function isMerge(text: string, event: Event): boolean {
  if (event.type !== EVENT_ID.SCALAR || event.style !== SCALAR_STYLE.PLAIN) return false;
  if (event.tagStart >= 0 && text.slice(event.tagStart, event.tagEnd) !== '!!merge') return false;
  return getScalarValue(text, event) === '<<';
}

const items = (node: PositionNode): PositionNode[] => [...node.entries.values()].map((entry) => entry.node);

function kindOf(event: Event): PositionNode['kind'] {
  if (event.type === EVENT_ID.SEQUENCE) return 'sequence';
  return event.type === EVENT_ID.MAPPING ? 'mapping' : 'scalar';
}

/** The line (from 1) that `offset` stands on; YAML breaks lines at CR LF, LF and CR. */
export function lineAt(text: string, offset: number): number {
  return 1 + (text.slice(0, offset).match(/\r\n|\n|\r(?!\n)/g)?.length ?? 0);
}
