import { MedganError, nearest } from '@medgan/plugin-api';

/** A cell, or something written in the expression. */
type Value = string | number | boolean;
type Row = readonly string[];
type Term = (row: Row) => Value;
type Test = (row: Row) => boolean;

interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const TOKEN =
  /\s*(?:(?<number>\d+(?:\.\d+)?(?![\w.]))|(?<name>[A-Za-z_][\w.]*)|`(?<quoted>[^`]+)`|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<sign>==|!=|<=|>=|<|>|=|&&|\|\||!|\(|\)|\[|\]|,|-))/y;
/** Nested deeper, an expression is no question a person asked. */
const MAX_DEPTH = 100;

/** An empty cell is no number, and `Number('')` is 0. */
function numberOf(value: Value): number {
  return typeof value === 'string' && value === '' ? NaN : Number(value);
}

function equal(a: Value, b: Value): boolean {
  if (typeof a === typeof b) return a === b;
  if (typeof a === 'boolean' || typeof b === 'boolean')
    return String(a).toLowerCase() === String(b).toLowerCase();
  return numberOf(a) === numberOf(b);
}

const COMPARISONS: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
  '==': equal,
  '!=': (a, b) => !equal(a, b),
  '<': (a, b) => numberOf(a) < numberOf(b),
  '<=': (a, b) => numberOf(a) <= numberOf(b),
  '>': (a, b) => numberOf(a) > numberOf(b),
  '>=': (a, b) => numberOf(a) >= numberOf(b),
};

class Parser {
  readonly #source: string;
  readonly #columns: readonly string[];
  readonly #who: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(source: string, columns: readonly string[], who: string) {
    this.#source = source;
    this.#columns = columns;
    this.#who = who;
    this.#tokens = this.#read();
  }

  #refuse(message: string, at: number, cure?: string): never {
    throw new MedganError(`${this.#who}: ${message}\n  ${this.#source}\n  ${' '.repeat(at)}^`, {
      cure: cure ?? 'write it as in: dx == "mel" && (age_approx > 60 || sex in ["female"])',
    });
  }

  #read(): Token[] {
    const tokens: Token[] = [];
    const pattern = new RegExp(TOKEN);
    for (let at = 0; this.#source.slice(at).trim() !== ''; at = pattern.lastIndex) {
      pattern.lastIndex = at;
      const groups = pattern.exec(this.#source)?.groups;
      if (!groups) this.#refuse('this cannot be read', at + this.#source.slice(at).search(/\S/));
      const { number, name = groups['quoted'], sign } = groups;
      const text = number ?? name ?? sign ?? groups['double'] ?? groups['single'] ?? '';
      const kind =
        number !== undefined ? 'number' : name !== undefined ? 'name' : sign !== undefined ? 'sign' : 'text';
      const start = at + this.#source.slice(at).search(/\S/);
      tokens.push({ kind, text, at: start });
    }
    return [...tokens, { kind: 'end', text: 'the end', at: this.#source.length }];
  }

  get #token(): Token {
    return this.#tokens[this.#next]!;
  }

  #take(sign: string): boolean {
    const { kind, text } = this.#token;
    const word = kind === 'name' && { and: '&&', or: '||', not: '!' }[text];
    if ((kind === 'sign' && text === sign) || word === sign) {
      this.#next++;
      return true;
    }
    return false;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) this.#refuse(`${sign} is missing`, this.#token.at);
  }

  whole(): Test {
    const test = this.#either();
    if (this.#token.kind !== 'end') this.#refuse('this is too much', this.#token.at);
    return test;
  }

  #either(): Test {
    let test = this.#both();
    while (this.#take('||')) {
      const [a, b] = [test, this.#both()];
      test = (row) => a(row) || b(row);
    }
    return test;
  }

  #both(): Test {
    let test = this.#single();
    while (this.#take('&&')) {
      const [a, b] = [test, this.#single()];
      test = (row) => a(row) && b(row);
    }
    return test;
  }

  #single(): Test {
    if (++this.#depth > MAX_DEPTH) this.#refuse('this is nested too deeply', this.#token.at);
    try {
      if (this.#take('!')) {
        const inner = this.#single();
        return (row) => !inner(row);
      }
      if (this.#take('(')) {
        const inner = this.#either();
        this.#expect(')');
        return inner;
      }
      return this.#comparison();
    } finally {
      this.#depth--;
    }
  }

  #comparison(): Test {
    const a = this.#term();
    const { kind, text, at } = this.#token;
    if (kind === 'name' && text === 'in') {
      this.#next++;
      return this.#membership(a);
    }
    const compare = kind === 'sign' ? COMPARISONS[text] : undefined;
    if (!compare) {
      const cure = text === '=' ? 'write == for equal' : undefined;
      this.#refuse('a comparison is missing (==, !=, <, <=, >, >=, in)', at, cure);
    }
    this.#next++;
    const b = this.#term();
    return (row) => compare(a(row), b(row));
  }

  #membership(a: Term): Test {
    this.#expect('[');
    const terms = [this.#term()];
    while (this.#take(',')) terms.push(this.#term());
    this.#expect(']');
    return (row) => terms.some((term) => equal(a(row), term(row)));
  }

  #term(): Term {
    const negative = this.#take('-');
    const { kind, text, at } = this.#token;
    if (negative && kind !== 'number') this.#refuse('a number is missing', at);
    this.#next++;
    switch (kind) {
      case 'number': {
        const value = negative ? -Number(text) : Number(text);
        return () => value;
      }
      case 'text':
        return () => text;
      case 'name':
        return this.#name(text, at);
      case 'sign':
      case 'end':
        return this.#refuse('a column or a value is missing', at);
    }
  }

  #name(text: string, at: number): Term {
    const column = this.#columns.indexOf(text);
    if (column >= 0) return (row) => row[column]!;
    if (text === 'true' || text === 'false') return () => text === 'true';
    const guess = nearest(text, this.#columns);
    return this.#refuse(
      `no column is called ${JSON.stringify(text)}; there are: ${this.#columns.join(', ')}`,
      at,
      guess ? `did you mean ${guess}? Text goes in quotes: "${text}"` : `text goes in quotes: "${text}"`,
    );
  }
}

/**
 * Compiles a question about a row, such as `dx == "mel" && age_approx > 60`. Columns are bare names, or in backticks
 * where a name has blanks; text is in quotes; `==`, `!=`, `<`, `<=`, `>`, `>=`, `in [...]`; `&&`, `||`, `!` or `and`,
 * `or`, `not`; parentheses. A cell is compared as a number with a number and as text with text; nothing is larger or
 * smaller than an empty cell. Nothing is ever evaluated as code.
 * @throws MedganError that points at the fault.
 */
export function compileWhere(
  source: string,
  { columns, who }: { readonly columns: readonly string[]; readonly who: string },
): (row: readonly string[]) => boolean {
  return new Parser(source, columns, who).whole();
}
