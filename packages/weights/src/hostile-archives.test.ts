import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  attempt,
  four,
  inputsTried,
  latin1,
  tensorPickle,
  torchFile,
  endOf,
  zip,
} from './__fixtures__/hostile.testing.ts';
import type { Entry } from './__fixtures__/hostile.testing.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '__fixtures__', name));

describe('archives that lie', () => {
  const good = tensorPickle({ count: 4, shape: [4], strides: [1] });
  const pickle: Entry = { name: 'a/data.pkl', data: good };
  const data: Entry = { name: 'a/data/0', data: four };
  const zeros = Buffer.alloc(2 ** 27);
  const bomb = zip([{ name: 'g.pth', data: zeros, deflate: true }]);
  it.each([
    ['a bomb that declares its size', bomb],
    [
      'a bomb that claims to be small',
      zip([{ name: 'g.pth', data: zeros, deflate: true, lie: { size: 1000 } }]),
    ],
    [
      'a bomb as a storage',
      torchFile(tensorPickle({ count: 2 ** 25, shape: [1], strides: [1] }), { 0: zeros }, true),
    ],
    ['a bomb as the pickle', zip([{ ...pickle, data: zeros, deflate: true }, data])],
    ['a claim of 4 GiB', zip([pickle, { ...data, deflate: true, lie: { size: 2 ** 32 - 2 } }])],
    ['stored, with another size', zip([pickle, { ...data, lie: { size: 15 } }])],
    ['a wrong checksum', zip([pickle, { ...data, lie: { crc: 1 } }])],
    ['an unknown method', zip([pickle, { ...data, lie: { method: 14 } }])],
    ['encryption', zip([pickle, { ...data, lie: { flags: 1 } }])],
    ['an entry twice', zip([pickle, data, data])],
    ['two pickles', zip([pickle, { ...pickle, name: 'b/data.pkl' }])],
    ['no storage', zip([pickle])],
    ['an unknown byte order', zip([pickle, data, { name: 'a/byteorder', data: Buffer.from('middle') }])],
    ['offsets past the end', zip([pickle, data], 2 ** 31)],
    [
      'a directory of 65535 entries that are not there',
      Buffer.concat([Buffer.from('PK\x03\x04'), endOf(65535, 4, 0)]),
    ],
    ['no entries', zip([])],
    [
      'an archive in an archive in an archive',
      zip([{ name: 'x.pth', data: zip([{ name: 'y.pth', data: zip([pickle, data]) }]) }]),
    ],
  ])('%s', async (_, bytes) => {
    expect(await attempt(bytes)).toMatchSnapshot();
  });

  it('entries that share bytes', async () => {
    const bytes = zip([pickle, data, { ...data, name: 'a/data/1' }]);
    // The last directory record points at the storage that the one before it has.
    const last = bytes.lastIndexOf('PK\x01\x02');
    bytes.copy(
      bytes,
      last + 42,
      bytes.lastIndexOf('PK\x01\x02', last - 1) + 42,
      bytes.lastIndexOf('PK\x01\x02', last - 1) + 46,
    );
    expect(await attempt(bytes)).toMatchSnapshot();
  });
});

describe('damaged files', () => {
  const files = [
    'layouts.pth',
    'layouts-legacy.pth',
    'newer.pth',
    'wrapped.zip',
    'checkpoint-protocol-4.pth',
    'protocol-1.pth',
  ];

  it.each(files)('%s, cut short at every other byte', async (name) => {
    const whole = fixture(name);
    for (let length = 0; length < whole.length; length += 2)
      expect(await attempt(whole.subarray(0, length))).not.toBe('accepted');
  });

  it.each(files)('%s, with a byte changed', async (name) => {
    const whole = fixture(name);
    let state = 12345;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % below;
    };
    let refused = 0;
    for (let i = 0; i < 500; i++) {
      const changed = Buffer.from(whole);
      changed[random(whole.length)]! ^= 1 + random(255);
      if ((await attempt(changed)) !== 'accepted') refused++;
    }
    expect(refused).toBeGreaterThan(50);
  });

  it('the beginnings of other formats', async () => {
    const begins = [
      '',
      'PK',
      'PK\x03\x04',
      'PK\x05\x06',
      '\x80',
      '\x80\x02',
      '\x80\x02\x8a\x0a',
      '\x89PNG\r\n',
      '\x7fELF',
      '{}',
      '\x93NUMPY',
    ];
    for (const begin of begins) {
      for (const length of [0, 100, 1000]) {
        expect(await attempt(Buffer.concat([latin1(begin), Buffer.alloc(length)]))).not.toBe('accepted');
      }
    }
  });

  it('a wrong magic number or version', async () => {
    const legacy = fixture('layouts-legacy.pth');
    const at = legacy.indexOf(latin1('\x8a\x0a'));
    for (const offset of [at + 2, at + 11, at + 17]) {
      const changed = Buffer.from(legacy);
      changed[offset]! ^= 0xff;
      expect(await attempt(changed)).not.toBe('accepted');
    }
  });
});

afterAll(() => {
  console.info(`${inputsTried()} hostile inputs tried`);
});
