import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Who may import whom: the layers of docs/architecture.md. */
const layers = [
  { sourceTag: 'layer:ground', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'layer:format', onlyDependOnLibsWithTags: ['layer:ground'] },
  { sourceTag: 'layer:engine', onlyDependOnLibsWithTags: ['layer:engine', 'layer:ground'] },
  { sourceTag: 'layer:contract', onlyDependOnLibsWithTags: ['layer:engine', 'layer:ground'] },
  {
    sourceTag: 'layer:layers',
    onlyDependOnLibsWithTags: ['layer:contract', 'layer:engine', 'layer:ground', 'layer:testing'],
  },
  {
    sourceTag: 'layer:plugin',
    onlyDependOnLibsWithTags: [
      'layer:contract',
      'layer:engine',
      'layer:ground',
      'layer:layers',
      'layer:testing',
    ],
  },
  {
    sourceTag: 'layer:runtime',
    onlyDependOnLibsWithTags: [
      'layer:contract',
      'layer:engine',
      'layer:format',
      'layer:ground',
      'layer:testing',
    ],
  },
  {
    sourceTag: 'layer:testing',
    onlyDependOnLibsWithTags: ['layer:contract', 'layer:engine', 'layer:ground'],
  },
  {
    sourceTag: 'layer:pages',
    onlyDependOnLibsWithTags: [
      'layer:contract',
      'layer:engine',
      'layer:format',
      'layer:ground',
      'layer:runtime',
    ],
  },
  {
    sourceTag: 'layer:assembly',
    onlyDependOnLibsWithTags: [
      'layer:contract',
      'layer:engine',
      'layer:format',
      'layer:ground',
      'layer:layers',
      'layer:plugin',
      'layer:runtime',
      'layer:pages',
      'layer:testing',
      'layer:assembly',
    ],
  },
  { sourceTag: 'layer:app', onlyDependOnLibsWithTags: ['*'] },
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.nx/**',
      'runs/**',
      'reports/**',
      'coverage/**',
      'docs/api/**',
      '.venv-mlflow/**',
      '.venv-peers/**',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          depConstraints: layers,
          banTransitiveDependencies: false,
          // What all tests share lies outside of the packages.
          allow: ['^(\\.\\./)+tools/vitest/[a-z-]+\\.ts$'],
          enforceBuildableLibDependency: false,
        },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': 'off',
      // TF.js's operations return a rank their caller asserts.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      'max-params': ['error', 3],
      'no-console': 'error',
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(\\.\\./)+(packages/)?[a-z-]+/(src|test)/',
              message: 'import a package by its name: nothing reaches inside another one',
            },
          ],
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'draw from the injected Rng' },
        { object: 'Date', property: 'now', message: 'ask the injected Clock' },
        { object: 'performance', property: 'now', message: 'ask the injected Clock' },
      ],
    },
  },
  {
    files: ['**/*.test.ts', 'e2e/**/*.ts', 'benchmarks/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      // A table of cases hands each column over as a parameter.
      'max-params': 'off',
      // vitest's expect.any and the like are methods by type only.
      '@typescript-eslint/unbound-method': 'off',
      'no-console': 'off',
    },
  },
  {
    files: ['packages/runs/src/run/system-clock.ts', 'benchmarks/**/*.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
);
