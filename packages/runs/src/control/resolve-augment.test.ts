import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withCure } from '@medgan/files';
import { builtInPlugins } from '../plugins/plugins.ts';
import { readControl } from './read-control.ts';
import type { ResolvedRun } from './resolve-control.ts';

const dir = mkdtempSync(join(tmpdir(), 'medgan-augment-'));
afterAll(() => rmSync(dir, { recursive: true }));

async function resolved(text: string, set: string[] = []): Promise<ResolvedRun> {
  writeFileSync(join(dir, 'input.yaml'), `arch: DCGAN\n${text}`);
  return (await readControl(join(dir, 'input.yaml'), set)).run;
}

const complaint = (text: string): Promise<string> =>
  resolved(text).then(
    () => 'no error',
    (error: unknown) => withCure(error).replaceAll(`${dir}/`, ''),
  );

describe('augment:', () => {
  it('leaves no trace in the configuration where it is not asked for', async () => {
    expect((await resolved('')).config).not.toHaveProperty('augment');
    expect((await resolved('augment: []\n')).config).not.toHaveProperty('augment');
  });

  it('takes names and options, in order, with every default filled in', async () => {
    const text = 'augment: [horizontal-flip, {color-jitter: {hue: 0}}, quarter-turns, {vertical-flip: }]\n';
    expect((await resolved(text)).config.augment).toEqual([
      { name: 'horizontal-flip', options: { probability: 0.5 } },
      { name: 'colour-jitter', options: { brightness: 0.1, contrast: 0.1, saturation: 0.1, hue: 0 } },
      { name: 'quarter-turns', options: {} },
      { name: 'vertical-flip', options: { probability: 0.5 } },
    ]);
    expect((await resolved('', ['augment=[quarter-turns]'])).config.augment).toHaveLength(1);
  });

  it('lists every fault with its place', async () => {
    const text = await complaint('augment:\n  - horizontal-flop\n  - colour-jitter: {brightnes: 0.1}\n');
    const known = builtInPlugins().augmentations.names().join(', ');
    expect(text.replace(known, 'ALL')).toMatchInlineSnapshot(`
        "input.yaml has 2 faults:
          input.yaml:3: augment.0: no augmentation is called "horizontal-flop"; known: ALL (did you mean "horizontal-flip"?)
          input.yaml:4: augment.1.colour-jitter.brightnes: unknown key "brightnes" (did you mean "brightness"?)"
      `);
    expect(await complaint('augment:\n  - colour-jitter: {hue: 2}\n  - vertical-flip: 0.5\n'))
      .toMatchInlineSnapshot(`
        "input.yaml has 2 faults:
          input.yaml:3: augment.0.colour-jitter.hue: must be <= 0.5, found 2
          input.yaml:4: augment.1.vertical-flip: must be object, found 0.5"
      `);
    expect(await complaint('augment: horizontal-flip\n')).toMatchInlineSnapshot(
      `"input.yaml:2: augment: must be array, found "horizontal-flip""`,
    );
    expect(await complaint('augment: [{horizontal-flip: {}, vertical-flip: {}}]\n')).toMatchInlineSnapshot(
      `"input.yaml:2: augment.0: must NOT have more than 1 properties, found {"horizontal-flip":{},"vertical-flip":{}…"`,
    );
  });
});
