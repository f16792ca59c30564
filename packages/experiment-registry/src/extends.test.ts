import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MedganError, withCure } from '@medgan/files';
import { expandExperiment } from './expand.ts';
import type { Study } from './study.ts';
import { readExperiment } from './experiment.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'medgan-extends-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const read = (name: string) => readExperiment(join(folder, name));

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof MedganError) return withCure(error).replaceAll(`${folder}/`, '');
    throw error;
  }
  throw new Error('nothing was refused');
}

const COMMON = `base:
  arch: DCGAN
  labels: {real: 1, fake: 0}
vary: {grid: {batch_size: [1, 2]}}
seeds: [0, 1]
published:
  source: S
  figures: {psnr: {name: PSNR, better: higher}}
  open: [{what: a, assumed: b}]
`;

describe('extends', () => {
  it('merges mappings by key and replaces lists, values and what varies', () => {
    write({
      'base/common.yaml': COMMON,
      'study.yaml': `extends: ./base/common.yaml
title: T
question: Q
base: {labels: {real: 0.9}, num_epochs: 5}
vary: {cases: [{set: {num_epochs: 3}}]}
seeds: [7]
published: {open: []}
`,
    });
    const study = read('study.yaml');
    expect(study).toMatchObject({
      name: 'study',
      base: { arch: 'DCGAN', labels: { real: 0.9, fake: 0 }, num_epochs: 5 },
      vary: { cases: [{ set: { num_epochs: 3 } }] },
      seeds: [7],
      published: { source: 'S', figures: { psnr: { name: 'PSNR' } }, open: [] },
    });
    expect(study.vary).not.toHaveProperty('grid');
    expect(study).not.toHaveProperty('extends');
  });

  it('goes on through another experiment to a fragment, and knows the place of every part', () => {
    write({
      'base/common.yaml': COMMON,
      'a.yaml': 'extends: base/common.yaml\ntitle: A\nquestion: Q\nbase:\n  labels:\n    real: 0.8\n',
      'b.yaml': 'title: B\nextends: ./a.yaml\nbase: {num_epochs: 9}\n',
    });
    const { document, question, base } = read('b.yaml');
    expect([question, base]).toEqual(['Q', { arch: 'DCGAN', labels: { real: 0.8, fake: 0 }, num_epochs: 9 }]);
    const place = (path: string): string => {
      const { file, line } = document.placeOf(path.split('.'));
      return `${file.slice(folder.length + 1)}:${line}`;
    };
    expect(
      ['title', 'question', 'base.num_epochs', 'base.labels.real', 'base.labels.fake', 'base.labels.x'].map(
        place,
      ),
    ).toEqual(['b.yaml:1', 'a.yaml:3', 'b.yaml:3', 'a.yaml:6', 'base/common.yaml:3', 'a.yaml:5']);
    expect(place('vary.grid.batch_size.1')).toBe('base/common.yaml:4');
  });

  it('hides what lies behind a value that is no mapping', () => {
    write({
      'c.yaml': 'title: C\nquestion: Q\nbase: {labels: {real: 1}}\n',
      'b.yaml': 'extends: ./c.yaml\n\nbase: {labels: 5}\n',
      'a.yaml': 'extends: ./b.yaml\n\n\nbase: {labels: {fake: 0}}\n',
    });
    const { base, document } = read('a.yaml');
    expect(base).toEqual({ labels: { fake: 0 } });
    expect(document.placeOf(['base', 'labels', 'real'])).toEqual({ file: join(folder, 'a.yaml'), line: 4 });
  });

  it('lets the extending file have the last word, in a nested key or a dotted one', () => {
    write({
      'c.yaml': 'title: C\nquestion: Q\nbase: {labels: {real: 1}}\n',
      'b.yaml': 'extends: ./c.yaml\nbase: {labels.real: 0.9}\n',
      'a.yaml': 'extends: ./b.yaml\nbase: {labels: {real: 0.7}}\n',
    });
    const realOf = (name: string): unknown => {
      const study: Study = expandExperiment(read(name), { control: { validate: () => [] } });
      return study.trials[0]!.config['labels'];
    };
    expect(['c.yaml', 'b.yaml', 'a.yaml'].map(realOf)).toEqual([{ real: 1 }, { real: 0.9 }, { real: 0.7 }]);
  });

  it('places faults where the value is written', () => {
    write({
      'base/common.yaml': 'bas: {}\nseeds: [-1]\nbase:\n  arch: X\n',
      'study.yaml': 'extends: ./base/common.yaml\ntitle: T\n',
    });
    expect(refusal(() => read('study.yaml'))).toMatchInlineSnapshot(`
      "study.yaml has 3 faults:
        study.yaml:1: "question" is missing (add question:)
        base/common.yaml:1: bas: unknown key "bas" (did you mean "base"?)
        base/common.yaml:2: seeds.0: must be >= 0, found -1"
    `);
    write({
      'base/common.yaml': 'base:\n  arch: X\n  labels: {real: 2}\n',
      'study.yaml': 'extends: ./base/common.yaml\ntitle: T\nquestion: Q\nbase: {labels: {fake: 3}}\n',
    });
    const control = {
      validate: () => [
        { path: ['labels', 'real'], message: 'must be <= 1' },
        { path: ['labels', 'fake'], message: 'must be <= 1' },
        { path: ['arch'], message: 'is unknown' },
      ],
    };
    expect(refusal(() => expandExperiment(read('study.yaml'), { control }))).toMatchInlineSnapshot(`
      "study.yaml: trials that cannot run, so none was started:
        base/common.yaml:3: base.labels.real: must be <= 1, found 2 [base]
        study.yaml:4: base.labels.fake: must be <= 1, found 3 [base]
        base/common.yaml:2: base.arch: is unknown [base]"
    `);
  });

  it('refuses a circle, what is missing, and what is no mapping', () => {
    const head = 'title: T\nquestion: Q\n';
    write({
      'a.yaml': `${head}extends: ./b.yaml\n`,
      'b.yaml': 'extends: ./deep/../a.yaml\n',
      'own.yaml': `${head}extends: own.yaml\n`,
      'typo.yaml': `${head}extends: ./base/comon.yaml\n`,
      'nowhere.yaml': `${head}extends: ./none/x.yaml\n`,
      'list.yaml': `${head}extends: ./base/list.yaml\n`,
      'number.yaml': `${head}extends: 3\n`,
      'broken.yaml': `${head}extends: ./base/broken.yaml\n`,
      'base/common.yaml': COMMON,
      'base/list.yaml': '- 1\n',
      'base/broken.yaml': 'a: 1\na: 2\n',
    });
    const names = ['a', 'own', 'typo', 'nowhere', 'list', 'number', 'broken'];
    expect(names.map((name) => refusal(() => read(`${name}.yaml`))).join('\n')).toMatchInlineSnapshot(`
      "b.yaml:1: extends: goes in a circle: a.yaml → b.yaml → a.yaml (let one of them extend nothing)
      own.yaml:3: extends: goes in a circle: own.yaml → own.yaml (let one of them extend nothing)
      typo.yaml:3: extends: base/comon.yaml cannot be read (did you mean common.yaml?)
      nowhere.yaml:3: extends: none/x.yaml cannot be read (the path is relative to the file that extends)
      list.yaml:3: extends: base/list.yaml holds no keys (write \`key: value\` lines into it)
      number.yaml:3: extends: must be a file, found 3 (write extends: ./base/common.yaml)
      base/broken.yaml:2:1: key "a" is given twice (first on line 1)
        cure: remove one of the two"
    `);
  });

  it('says in which file a key was written, so that a path in it starts there', () => {
    write({
      'base/common.yaml': 'base: {arch: DCGAN, plugins: [./a.mjs]}\n',
      'study.yaml':
        'extends: ./base/common.yaml\ntitle: T\nquestion: Q\nvary: {grid: {batch_size: [1]}}\nbase: {num_epochs: 2}\n',
    });
    const files: string[][] = [];
    const keys = ['plugins', 'batch_size', 'num_epochs', 'threads', 'absent'];
    expandExperiment(read('study.yaml'), {
      overrides: { threads: 1 },
      control: {
        complete: (config, fileOf) => (files.push(keys.map(fileOf)), config),
        validate: () => [],
      },
    });
    const study = join(folder, 'study.yaml');
    expect(files).toEqual([[join(folder, 'base/common.yaml'), study, study, study, study]]);
  });
});
