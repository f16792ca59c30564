import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OnnxEngine } from '@medgan/engine';
import { Registry } from '@medgan/plugin-api';
import { dcgan, sngan } from '@medgan/models';
import { bce } from '@medgan/objectives';
import { replay } from './parity.ts';
const root = join(import.meta.dirname, '../../../../shared/golden/training');
describe.skipIf(!existsSync(root))('parity', () => {
  for (const name of ['dcgan-64', 'sngan-64', 'sngan-128', 'dcgan-256']) it(name, async () => {
    const engine = new OnnxEngine({ verifyPasses: true });
    const r = await replay({ directory: join(root, name), engine, architectures: new Registry('architecture', [dcgan as never, sngan as never]), objective: bce, tolerance: 2e-5 });
    console.log(JSON.stringify(r));
    expect(r.ok).toBe(true);
    await engine.dispose();
  });
});
