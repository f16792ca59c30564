import { ssimDefaults } from './functional/ssim.ts';

/** JSON Schema of the options that `ssim` and `ms-ssim` share. */
export const ssimProperties = {
  windowSize: { type: 'integer', minimum: 1, default: ssimDefaults.windowSize },
  sigma: { type: 'number', exclusiveMinimum: 0, default: ssimDefaults.sigma },
  k1: { type: 'number', exclusiveMinimum: 0, default: ssimDefaults.k1 },
  k2: { type: 'number', exclusiveMinimum: 0, default: ssimDefaults.k2 },
} as const;
