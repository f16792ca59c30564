import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withCure } from '@medgan/files';
import { compileWhere } from './where.ts';

const COLUMNS = ['image_id', 'dx', 'age_approx', 'sex', 'melanocytic', 'site (general)'];
const ROW = ['ISIC_1', 'mel', '65', 'female', 'True', 'lower extremity'];
const EMPTY = ['ISIC_2', '', '', '', '', ''];

const holds = (source: string, row: readonly string[] = ROW): boolean =>
  compileWhere(source, { columns: COLUMNS, who: 'where' })(row);

const refusal = (source: string): string => {
  try {
    holds(source);
    return 'no error';
  } catch (error) {
    return withCure(error);
  }
};

describe('a question about a row', () => {
  it.each([
    ['dx == "mel" && age_approx > 60', true],
    ["dx == 'mel' and age_approx > 65", false],
    ['age_approx >= 65.0 and age_approx<=65', true],
    ['age_approx == 65', true],
    ['age_approx == "65"', true],
    ['age_approx == "65.0"', false],
    ['age_approx > -1', true],
    ['dx != "nv"', true],
    ['dx in ["nv", "mel"]', true],
    ['age_approx in [64, 66]', false],
    ['!(dx in ["nv"]) && not sex == "male"', true],
    ['dx == "nv" || dx == "mel" && sex == "male"', false],
    ['(dx == "nv" || dx == "mel") && sex == "female"', true],
    ['melanocytic == true', true],
    ['melanocytic == false', false],
    ['`site (general)` == "lower extremity"', true],
    ['dx == sex', false],
    ['dx > 3', false],
  ])('%s is %s', (source, answer) => {
    expect(holds(source)).toBe(answer);
  });

  it('finds nothing larger, smaller or equal to a number in an empty cell', () => {
    for (const source of ['age_approx > 0', 'age_approx <= 0', 'age_approx == 0', 'dx == "mel"']) {
      expect(holds(source, EMPTY)).toBe(false);
    }
    expect(holds('age_approx == ""', EMPTY)).toBe(true);
  });

  it('points at what is wrong', () => {
    expect(refusal('dx == mel')).toMatchInlineSnapshot(`
      "where: no column is called "mel"; there are: image_id, dx, age_approx, sex, melanocytic, site (general)
        dx == mel
              ^
        cure: text goes in quotes: "mel""
    `);
    expect(refusal('age > 60')).toMatchInlineSnapshot(`
      "where: no column is called "age"; there are: image_id, dx, age_approx, sex, melanocytic, site (general)
        age > 60
        ^
        cure: text goes in quotes: "age""
    `);
    expect(refusal('dx = "mel"')).toMatchInlineSnapshot(`
      "where: a comparison is missing (==, !=, <, <=, >, >=, in)
        dx = "mel"
           ^
        cure: write == for equal"
    `);
    expect(refusal('dx == "mel" && ')).toMatchInlineSnapshot(`
      "where: a column or a value is missing
        dx == "mel" && 
                       ^
        cure: write it as in: dx == "mel" && (age_approx > 60 || sex in ["female"])"
    `);
    expect(refusal('(dx == "mel"')).toMatchInlineSnapshot(`
      "where: ) is missing
        (dx == "mel"
                    ^
        cure: write it as in: dx == "mel" && (age_approx > 60 || sex in ["female"])"
    `);
    expect(refusal('dx == "mel" age_approx > 3')).toMatchInlineSnapshot(`
      "where: this is too much
        dx == "mel" age_approx > 3
                    ^
        cure: write it as in: dx == "mel" && (age_approx > 60 || sex in ["female"])"
    `);
    expect(refusal('process.exit()')).toMatchInlineSnapshot(`
      "where: no column is called "process.exit"; there are: image_id, dx, age_approx, sex, melanocytic, site (general)
        process.exit()
        ^
        cure: text goes in quotes: "process.exit""
    `);
    expect(refusal('dx == "mel" ; 1')).toMatchInlineSnapshot(`
      "where: this cannot be read
        dx == "mel" ; 1
                    ^
        cure: write it as in: dx == "mel" && (age_approx > 60 || sex in ["female"])"
    `);
    expect(refusal(`${'('.repeat(5000)}dx == "mel"`)).toContain('nested too deeply');
    expect(refusal('')).toContain('a column or a value is missing');
  });

  it('answers or refuses whatever is written, and never does anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc
            .array(fc.constantFrom('dx', '==', '"a"', '(', ')', '&&', '!', '1', '-', 'in', '[', ']', ','))
            .map((tokens) => tokens.join(' ')),
        ),
        (source) => {
          const message = refusal(source);
          expect(message === 'no error' || message.startsWith('where: ')).toBe(true);
        },
      ),
    );
  });
});
