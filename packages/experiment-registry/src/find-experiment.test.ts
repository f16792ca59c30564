import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { experimentFiles, experimentsFolder, findExperiment } from './find-experiment.ts';

let root: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'medgan-find-')));
  for (const folder of ['work/experiments/base', 'work/deep/er', 'empty/experiments']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const file of ['latent-size.yaml', 'batch-size.yaml', 'base/common.yaml', 'schema.json']) {
    writeFileSync(join(root, 'work/experiments', file), '');
  }
});
afterAll(() => rmSync(root, { recursive: true }));

describe('findExperiment', () => {
  it('finds a name from the folder and from below it', () => {
    expect(findExperiment('batch-size', join(root, 'work'))).toBe('experiments/batch-size.yaml');
    expect(findExperiment('batch-size', join(root, 'work/deep/er'))).toBe(
      '../../experiments/batch-size.yaml',
    );
    expect(experimentsFolder(join(root, 'work/deep'))).toBe(join(root, 'work/experiments'));
  });

  it('takes what looks like a path as one', () => {
    for (const path of ['x.yaml', './x', 'a/b', join(root, 'x.yaml')]) {
      expect(findExperiment(path, join(root, 'work'))).toBe(path);
    }
  });

  it('proposes the nearest name', () => {
    expect(() => findExperiment('latent-sise', join(root, 'work'))).toThrowErrorMatchingInlineSnapshot(`
      [MedganError: there is no experiment "latent-sise"; there are: batch-size, latent-size
        cure: did you mean latent-size?]
    `);
    expect(() => findExperiment('wholly-other', join(root, 'work'))).toThrow(
      expect.objectContaining({ cure: expect.stringContaining('name one of them') }),
    );
    // Fragments are no experiments.
    expect(() => findExperiment('common', join(root, 'work'))).toThrow('there is no experiment "common"');
  });
});

describe('experimentFiles', () => {
  it('lists them by name', () => {
    expect(experimentFiles(join(root, 'work'))).toEqual([
      'experiments/batch-size.yaml',
      'experiments/latent-size.yaml',
    ]);
  });

  it('says what is missing', () => {
    expect(() => experimentFiles(join(root, 'empty'))).toThrow(
      'empty/experiments holds no experiment (.yaml)',
    );
    expect(() => experimentFiles(root)).toThrow('there is no folder experiments here or above');
  });
});
