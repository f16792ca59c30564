import { defineConfig } from 'vitest/config';

const conditions = ['@medgan/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tools/*/src/**/*.test.mjs', 'e2e/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    snapshotSerializers: ['./tools/vitest/errors-with-cure.mjs'],
    reporters: ['default', './tools/vitest/closing-line.mjs'],
  },
});
