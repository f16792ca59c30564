/** What a scan found wrong with a JSON text, or undefined. */
export type StructureFault = string | undefined;

const BACKSLASH = 0x5c;
const OPENING = new Set(['{', '[']);
const CLOSING = new Set(['}', ']']);
const INNOCENT = new Set([' ', '\t', '\n', '\r', ',', ':', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);

/**
 * A scan before JSON.parse, for the JSON that safetensors headers are made of (objects, arrays, strings, natural
 * numbers): it bounds the nesting before anything is built, and finds the repeated keys that JSON.parse would swallow.
 * Whether brackets and commas stand right is left to JSON.parse. Linear in the length of the text.
 */
export function findStructureFault(text: string, maxDepth: number): StructureFault {
  const keys: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') {
      const end = endOfString(text, at);
      if (end === undefined) return 'a string does not end';
      if (isKey(text, end)) {
        const key = unescaped(text.slice(at, end));
        if (key === undefined) return 'a key is no JSON string';
        const known = keys.at(-1);
        if (known?.has(key)) return `${JSON.stringify(key.slice(0, 120))} stands there twice`;
        known?.add(key);
      }
      at = end - 1;
    } else if (OPENING.has(char)) {
      keys.push(new Set());
      if (keys.length > maxDepth) return `it is nested deeper than ${maxDepth} levels`;
    } else if (CLOSING.has(char)) {
      keys.pop();
    } else if (!INNOCENT.has(char)) {
      return `unexpected ${JSON.stringify(char)} at ${at}`;
    }
  }
  return undefined;
}

/** The index after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number | undefined {
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return undefined;
    let first = quote;
    while (first > from && text.charCodeAt(first - 1) === BACKSLASH) first--;
    if ((quote - first) % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (at < text.length && ' \t\n\r'.includes(text[at]!)) at++;
  return text[at] === ':';
}

function unescaped(literal: string): string | undefined {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    return undefined;
  }
}
