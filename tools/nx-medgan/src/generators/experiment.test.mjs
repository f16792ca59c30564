import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { load } from 'js-yaml';
import { beforeEach, describe, expect, it } from 'vitest';
import { scaffoldExperiment } from './experiment.mjs';

const QUESTION = 'Which "batch": 16 or 64?';

/** @type {import('@nx/devkit').Tree} */
let tree;
beforeEach(() => (tree = createTreeWithEmptyWorkspace({ formatter: 'none' })));

const scaffold = (options) =>
  scaffoldExperiment(tree, {
    name: 'my-study',
    question: QUESTION,
    arch: 'dcgan',
    vary: 'batch_size=16,64',
    ...options,
  });

describe('a new experiment', () => {
  it('is one file, with the question and what is varied', async () => {
    const before = tree.listChanges().map(({ path }) => path);
    await scaffold({ arch: 'my-gan', vary: 'labels.real=1,0.9' });
    expect(tree.listChanges().flatMap(({ path }) => (before.includes(path) ? [] : [path]))).toEqual([
      'experiments/my-study.yaml',
    ]);
    expect(load(tree.read('experiments/my-study.yaml', 'utf8'))).toMatchObject({
      title: 'My study',
      question: QUESTION,
      base: { arch: 'my-gan' },
      vary: { grid: { 'labels.real': [1, 0.9] } },
      configurations: {
        quick: { base: { dataset: 'synthetic-lesions' } },
        paper: { base: { dataset: 'image-folder' } },
      },
    });
  });

  it.each([
    [
      { name: 'MyStudy' },
      'the experiment cannot be called "MyStudy": names are kebab-case\n  cure: did you mean my-study?',
    ],
    [{ name: 'report' }, 'the experiment cannot be called report: that is an Nx target'],
    [
      { vary: 'batch_size' },
      '--vary "batch_size" is no key=value,value\n  cure: write --vary batch_size=16,64',
    ],
    [{ vary: 'batch_size=1,,2' }, 'is no key=value,value'],
  ])('%j is refused', async (options, said) => {
    await expect(scaffold(options)).rejects.toThrow(said);
    expect(tree.exists('experiments')).toBe(false);
  });

  it('does not overwrite one that exists', async () => {
    await scaffold({});
    await expect(scaffold({})).rejects.toThrow('[medgan] experiments/my-study.yaml exists');
  });
});
