import { describe, expect, it } from 'vitest';
import { MedganError } from '@medgan/files';
import { Registry, type Named } from './registry.ts';

const dcgan: Named = { name: 'dcgan', aliases: ['DCGAN'] };
const sngan: Named = { name: 'sngan', aliases: ['SNGAN'] };
const registry = (): Registry<Named> => new Registry('architecture', [sngan, dcgan]);

describe('Registry', () => {
  it('finds plugins by name and by alias', () => {
    expect(registry().get('dcgan')).toBe(dcgan);
    expect(registry().get('DCGAN')).toBe(dcgan);
    expect(registry().has('SNGAN')).toBe(true);
    expect(registry().has('sn-gan')).toBe(false);
  });

  it('lists them by name, whatever the order they came in, aliases left out', () => {
    expect(registry().names()).toEqual(['dcgan', 'sngan']);
    expect(registry().list()).toEqual([dcgan, sngan]);
  });

  it('names the nearest of the known for an unknown one', () => {
    expect(() => registry().get('dcgna')).toThrowErrorMatchingInlineSnapshot(`
      [MedganError: no architecture is called "dcgna"; known: dcgan, sngan
        cure: did you mean "dcgan"?]
    `);
    expect(() => registry().get('stylegan3')).toThrowErrorMatchingInlineSnapshot(`
      [MedganError: no architecture is called "stylegan3"; known: dcgan, sngan
        cure: choose one of them, or add yours under plugins:]
    `);
  });

  it('refuses a name or alias that is taken, and stays as it was', () => {
    const full = registry();
    const taken: Named[] = [
      { name: 'dcgan' },
      { name: 'other', aliases: ['DCGAN'] },
      { name: 'other', aliases: ['sngan'] },
    ];
    for (const plugin of taken) expect(() => full.add(plugin)).toThrow(/is registered twice \(\w+, \w+\)/);
    expect(full.names()).toEqual(['dcgan', 'sngan']);
    expect(full.has('other')).toBe(false);
  });

  it.each(['DCGAN', 'my_gan', '2gan', '-gan', 'gan-', 'my--gan', '', 'größe'])(
    'refuses the name %j',
    (name) => {
      expect(() => new Registry('architecture').add({ name })).toThrow(MedganError);
      expect(() => new Registry('architecture').add({ name })).toThrow('has no kebab-case name');
    },
  );

  it.each(['a', 'my-gan', 'dcgan2', 'wgan-gp-2'])('takes the name %j', (name) => {
    expect(new Registry('architecture').add({ name }).names()).toEqual([name]);
  });
});
