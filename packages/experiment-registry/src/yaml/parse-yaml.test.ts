import fc from 'fast-check';
import { dump } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { MedganError, withCure } from '@medgan/files';
import { parseYaml } from './parse-yaml.ts';

function refusal(text: string): string {
  try {
    parseYaml(text, 'x.yaml');
  } catch (error) {
    if (error instanceof MedganError) return withCure(error);
    throw error;
  }
  throw new Error(`${JSON.stringify(text)} was accepted`);
}

/** Paths of all entries of a value. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [[...path, key], ...pathsOf(item, [...path, key])]);
}

const SAMPLE = `# comment: with a colon
base: &base
  arch: DCGAN
  "quoted key": 'it''s'
  text: |
    arch: not a key
    - nor an item

  folded: >- # - comment
    one

    two
  ? explicit
  : value
  list:
  - a
  - {x: 1,
     y: [2,
      3]}
  -
  - |
    block
  -
    - deep
  - key: v
    other: w
alias: *base
empty:
merged:
  <<: [*base, {z: 1}]
  arch: SNGAN
? "multi
  line"
: "a

  b"
tagged: !!str 12
0x10: hex
1: one
`;

describe('parseYaml', () => {
  it('knows the line of every entry of block and flow collections', () => {
    const { value, lineOf } = parseYaml(SAMPLE, 'x.yaml');
    const lines = Object.fromEntries(
      pathsOf(value)
        .filter(([top]) => top !== 'alias')
        .map((path) => [path.join('.'), lineOf(path)]),
    );
    expect(lines).toEqual({
      base: 2,
      'base.arch': 3,
      'base.quoted key': 4,
      'base.text': 5,
      'base.folded': 9,
      'base.explicit': 13,
      'base.list': 15,
      'base.list.0': 16,
      'base.list.1': 17,
      'base.list.1.x': 17,
      'base.list.1.y': 18,
      'base.list.1.y.0': 18,
      'base.list.1.y.1': 19,
      'base.list.2': 20,
      'base.list.3': 21,
      'base.list.4': 24,
      'base.list.4.0': 24,
      'base.list.5': 25,
      'base.list.5.key': 25,
      'base.list.5.other': 26,
      empty: 28,
      merged: 29,
      'merged.arch': 31,
      'merged.z': 30,
      'merged.quoted key': 4,
      'merged.text': 5,
      'merged.folded': 9,
      'merged.explicit': 13,
      'merged.list': 15,
      ...Object.fromEntries(
        pathsOf((value as { base: { list: unknown } }).base.list).map((path) => [
          `merged.list.${path.join('.')}`,
          lineOf(['base', 'list', ...path]),
        ]),
      ),
      'multi line': 32,
      tagged: 37,
      '16': 38,
      '1': 39,
    });
  });

  it('places what an alias brings where it is written, and the alias itself where it stands', () => {
    const { lineOf } = parseYaml(SAMPLE, 'x.yaml');
    expect(lineOf(['alias'])).toBe(27);
    expect(lineOf(['alias', 'list', '1', 'y', '1'])).toBe(19);
  });

  it('falls back to the last part of a path that exists', () => {
    const { lineOf } = parseYaml('# c\n\n\na:\n  b: 1\n', 'x.yaml');
    expect(lineOf(['a', 'b', 'c', 'd'])).toBe(5);
    expect(lineOf(['a', 'missing'])).toBe(4);
    expect(lineOf(['missing'])).toBe(4);
    expect(lineOf([])).toBe(4);
  });

  it('places empty items of a list', () => {
    const { value, lineOf } = parseYaml('list:\n-\n- a\n-\n# - no\n\n-\n- &x\n- !!str\n- - - 1\n', 'x.yaml');
    expect(value).toEqual({ list: [null, 'a', null, null, null, '', [[1]]] });
    expect([0, 1, 2, 3, 4, 5, 6].map((i) => lineOf(['list', String(i)]))).toEqual([2, 3, 4, 7, 8, 9, 10]);
  });

  it.each(['\n', '\r\n', '\r'])('counts lines that end in %j', (newline) => {
    const { lineOf } = parseYaml(['\uFEFFa: 1', '', 'b:', '  c: 2'].join(newline), 'x.yaml');
    expect([lineOf(['a']), lineOf(['b']), lineOf(['b', 'c'])]).toEqual([1, 3, 4]);
  });

  it('finds the line of every unique word of a random document in any style', () => {
    let word = 0;
    const fresh = (): string => `w${word++}w`;
    type Tree = string | Tree[] | { [key: string]: Tree };
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('', ' plain', ': "quoted" #', '\nlines\n\n below').map((tail) => fresh() + tail),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc
          .array(tie('tree'), { maxLength: 4 })
          .map((items) => Object.fromEntries(items.map((item) => [fresh(), item]))),
      ),
    }));
    const style = fc.record({
      indent: fc.constantFrom(2, 4),
      flowLevel: fc.constantFrom(-1, 0, 1, 2),
      quoteStyle: fc.constantFrom<('single' | 'double')[]>('single', 'double'),
      forceQuotes: fc.boolean(),
      seqNoIndent: fc.boolean(),
      lineWidth: fc.constantFrom(20, 80),
      noRefs: fc.constant(true),
    });
    fc.assert(
      fc.property(tree, style, fc.integer({ min: 0, max: 3 }), (value, options, blank) => {
        const text = '# comment\n'.repeat(blank) + dump({ top: value }, options);
        const document = parseYaml(text, 'x.yaml');
        expect(document.value).toEqual({ top: value });
        const lines = text.split('\n');
        for (const path of pathsOf(document.value)) {
          const last = path.at(-1)!;
          const item = path.reduce<unknown>(
            (at, key) => (at as Record<string, unknown>)[key],
            document.value,
          );
          const inList = /^\d+$/.test(last);
          if (inList && typeof item !== 'string') continue;
          const mark = inList ? /w\d+w/.exec(item as string)![0] : last;
          const line = lines.findIndex((content) => content.includes(mark)) + 1;
          // A block scalar of a list is placed at its `|`, the line above its first word.
          const above = inList && /[|>][-+\d]*$/.test(lines[line - 2] ?? '') ? line - 1 : line;
          if (last !== 'top') expect([path, document.lineOf(path)]).toEqual([path, above]);
        }
      }),
    );
  });

  it('refuses a key given twice, naming both lines', () => {
    expect(refusal('a: 1\nb:\n  c: 1\n  d: 2\n  "c": 3\n')).toMatchInlineSnapshot(`
      "x.yaml:5:3: key "c" is given twice (first on line 3)
        cure: remove one of the two"
    `);
    expect(refusal('{a: 1, "a": 2}')).toContain('x.yaml:1:8: key "a" is given twice');
    expect(refusal('1: x\n0x1: y\n')).toContain('x.yaml:2:1: key "1" is given twice');
  });

  it('merges quietly where a key stands beside <<', () => {
    const { value } = parseYaml('a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\n', 'x.yaml');
    expect(value).toEqual({ a: { x: 1, y: 2 }, b: { x: 3, y: 2 } });
    expect(parseYaml('a: {"<<": 1}', 'x.yaml').value).toEqual({ a: { '<<': 1 } });
  });

  it.each([
    ['a: 1\n\tb: 2\n', 'x.yaml:2:1: tab characters must not be used in indentation', 'indent with spaces'],
    ['a: [1,\nb: 2', 'x.yaml:2:1: deficient indentation', 'close the quote, [ or {'],
    ['a: 1\n b: 2\n', 'x.yaml:2:3: bad indentation of a mapping entry', 'line the keys up'],
    ['a: @x\n', 'x.yaml:1:4: bad indentation', 'begins with one of @'],
    ['a: 1\nb\n', "x.yaml:2:2: expected ':' after a key", 'with a space after the colon'],
    ['a: *nobody\n', 'x.yaml:1:4: no anchor &nobody stands before *nobody', 'write &nobody'],
    ['a: &a\n  b: *a\n', 'x.yaml:2:6: *a stands inside the value &a names', 'cannot contain itself'],
    ['a: !python/tuple [1]\n', 'x.yaml:1:4: unknown sequence tag', 'remove the tag'],
    ['? [1, 2]\n: 3\n', 'x.yaml:1:1: object-based map does not support complex keys', 'plain text as key'],
    ['', 'x.yaml:1:1: the file is empty', 'write `key: value` lines'],
    ['# only a comment\n', 'x.yaml:1:1: the file is empty', 'write `key: value` lines'],
    ['---\na: 1\n---\nb: 2\n', 'x.yaml:3:1: a second document begins', 'remove the --- line'],
    ['a: "\\q"\n', 'unknown escape sequence', 'write \\\\ for a backslash'],
  ])('refuses %j with place and cure', (text, message, cure) => {
    expect(refusal(text)).toContain(message);
    expect(refusal(text)).toContain(cure);
  });
});
