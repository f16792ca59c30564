import type { Objective } from '@medgan/plugin-api';
import { objectiveContract } from '@medgan/testing';
import { describe, expect, it } from 'vitest';
import * as exported from './index.ts';

const objectives = Object.values(exported) as Objective[];

for (const objective of objectives) objectiveContract(objective);

describe('the built-in objectives', () => {
  it('are these, at least', () => {
    expect(objectives.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['bce', 'hinge', 'least-squares', 'wasserstein-gp']),
    );
  });
});
