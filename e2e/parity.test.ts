import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startEngine } from '@medgan/engine';
import { Registry } from '@medgan/plugin-api';
import { dcgan, sngan } from '@medgan/models';
import { bce } from '@medgan/objectives';
import { replay } from '@medgan/trainer';
const root = join(import.meta.dirname, '../../shared/golden/training');
describe.skipIf(!existsSync(root))('parity', () => {
  for (const e of ['onnx', 'wasm', 'cpu'] as const)
  for (const name of ['dcgan-64', 'sngan-64', 'sngan-128', 'dcgan-256']) it(e + ' ' + name, async () => {
    if (e === 'cpu' && !name.includes('64')) return;
    const engine = await startEngine(e);
    const r = await replay({ directory: join(root, name), engine, architectures: new Registry('architecture', [dcgan as never, sngan as never]), objective: bce, tolerance: 2e-5 });
    console.log(e, name, r.max_loss_error, r.max_weight_error, r.max_image_error);
    expect(r.ok).toBe(true);
    await engine.dispose();
  });
});
