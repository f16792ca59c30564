import type { Architecture } from '@medgan/plugin-api';
import { architectureContract } from '@medgan/testing';
import { describe, expect, it } from 'vitest';
import * as exported from './index.ts';

const architectures = Object.values(exported).filter(
  (value): value is Architecture => typeof value === 'object' && 'kind' in value,
);

for (const architecture of architectures) {
  architectureContract(architecture);
  // Every choice that an option offers is a network of its own.
  for (const [option, schema] of Object.entries(architecture.options.properties)) {
    const { enum: choices = [], default: usual } = schema as { enum?: unknown[]; default?: unknown };
    for (const choice of choices) {
      if (choice !== usual) architectureContract(architecture, { [option]: choice });
    }
  }
}

describe('the built-in architectures', () => {
  it('are these, at least', () => {
    expect(architectures.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['dcgan', 'fastgan', 'resnet-sngan', 'sngan', 'wgan-gp']),
    );
  });
});
