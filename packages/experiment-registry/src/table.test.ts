import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownTable } from './table.ts';

describe('markdownTable', () => {
  it('lines the columns up', () => {
    const columns = [
      { title: 'batch_size', align: 'right' },
      { title: 'state', align: 'left' },
    ] as const;
    expect(markdownTable(columns, [['128', 'finished'], ['16', 'failed: a|b\nc'], ['é e\u0301']])).toBe(
      [
        '| batch_size | state          |',
        '| ---------: | -------------- |',
        '|        128 | finished       |',
        '|         16 | failed: a\\|b c |',
        '|        é e\u0301 |                |',
      ].join('\n'),
    );
  });

  it('has as many cells in every line as there are columns, whatever the text', () => {
    const row = fc.array(fc.string({ unit: 'binary', maxLength: 6 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 4 }), (rows) => {
        const columns = ['a', 'b', 'c'].map((title) => ({ title, align: 'left' }) as const);
        const lines = markdownTable(columns, rows).split('\n');
        expect(lines).toHaveLength(rows.length + 2);
        for (const line of lines) expect(line.split(/(?<!\\)\|/)).toHaveLength(5);
      }),
    );
  });
});
