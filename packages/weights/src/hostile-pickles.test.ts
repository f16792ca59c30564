import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import {
  attempt,
  four,
  inputsTried,
  int,
  ints,
  latin1,
  le,
  rebuilt,
  storage,
  str,
  tensorPickle,
  torchFile,
  tuple,
  zip,
} from './__fixtures__/hostile.testing.ts';
import { readTorchStateDict } from './torch-state-dict.ts';

it('the builder of hostile files builds good ones, too', async () => {
  const pickle = tensorPickle({ count: 4, shape: [2, 2], strides: [1, 2] });
  const tensors = await readTorchStateDict(torchFile(pickle, { 0: four }, true));
  expect(tensors.get('w')).toMatchObject({ dtype: 'F32', shape: [2, 2] });
});

describe('code is refused by name', () => {
  const args = (name: string) => tuple(str(name));
  it.each([
    ['GLOBAL os.system', latin1('\x80\x02cos\nsystem\n', args('id'), 'R.'), 'os.system'],
    ['GLOBAL posix.system', latin1('cposix\nsystem\n', args('id'), 'R.'), 'posix.system'],
    [
      'STACK_GLOBAL',
      latin1('\x80\x04', str('builtins'), str('eval'), '\x93', args('1'), 'R.'),
      'builtins.eval',
    ],
    [
      'a dotted name',
      latin1('\x80\x04', str('torch'), str('serialization.os.system'), '\x93.'),
      'torch.serialization.os.system',
    ],
    ['NEWOBJ', latin1('\x80\x02csubprocess\nPopen\n', args('id'), '\x81.'), 'subprocess.Popen'],
    ['NEWOBJ_EX', latin1('\x80\x04csubprocess\nPopen\n', args('id'), '}\x92.'), 'subprocess.Popen'],
    ['INST', latin1('(', str('id'), 'ios\nsystem\n.'), 'os.system'],
    ['OBJ', latin1('(cos\nsystem\n', str('id'), 'o.'), 'os.system'],
    ['a call of a string', latin1(str('os.system'), args('id'), 'R.'), 'a string'],
    ['a call of a dtype', latin1('ctorch\nfloat32\n', args('id'), 'R.'), 'float32'],
    ['BUILD on a list', latin1(']}b.'), '__setstate__ of a list'],
    ['BUILD on a class', latin1('ccollections\nOrderedDict\n}b.'), '__setstate__ of collections.OrderedDict'],
    ['EXT1', latin1('\x80\x02\x82\x01.'), 'extension 1'],
    ['EXT2', latin1('\x80\x02\x83\x01\x01.'), 'extension 257'],
    ['EXT4', latin1('\x80\x02\x84\x01\0\0\0.'), 'extension 1'],
    ['NEXT_BUFFER', latin1('\x80\x05\x97.'), 'out-of-band buffers'],
    ['getattr', latin1('cbuiltins\ngetattr\n.'), 'builtins.getattr'],
    ['numpy', latin1('cnumpy.core.multiarray\nscalar\n.'), 'numpy.core.multiarray.scalar'],
    ['a JavaScript name', latin1('cconstructor\nconstructor\n.'), 'constructor.constructor'],
    ['a name with a line of its own', latin1('\x80\x04', str('os\nfine'), str('x'), '\x93.'), 'os\\nfine.x'],
  ])('%s', async (_, pickle, name) => {
    expect(await attempt(torchFile(pickle))).toBe(
      `PyTorch weights: refuses to run ${name}, which its pickle asks for`,
    );
  });

  it('in the legacy format, too, in each of its pickles', async () => {
    const magic = latin1('\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.');
    const version = latin1('\x80\x02M\xe9\x03.');
    const bad = latin1('\x80\x02cos\nsystem\n.');
    const system = latin1('\x80\x02}.');
    for (const parts of [
      [magic, bad],
      [magic, version, bad],
      [magic, version, system, bad, latin1('].')],
      [magic, version, system, system, bad],
    ]) {
      expect(await attempt(Buffer.concat(parts))).toContain('refuses to run os.system');
    }
    expect(
      await attempt(
        Buffer.concat([magic, version, system, latin1('(', str('module'), 'cos\nsystem\nNNtQ.].')]),
      ),
    ).toContain('refuses to run os.system');
  });

  it('in an archive inside an archive, too', async () => {
    const inner = torchFile(latin1('cos\nsystem\n.'));
    expect(await attempt(zip([{ name: 'g.pth', data: inner, deflate: true }]))).toContain(
      'refuses to run os.system',
    );
  });
});

describe('code beside tensors is passed over, and never run', () => {
  const tensor = (name: string) =>
    str(name) + rebuilt + tuple(storage(4), int(0), ints([2, 2]), ints([2, 1]), '\x89', '}') + 'R';
  const call = `cos\nsystem\n${tuple(str('touch /tmp/run-by-pickle'))}R`;
  it.each([
    ['a call', latin1('\x80\x02}(', tensor('w'), str('x'), call, 'u.')],
    ['a call of what a call gives', latin1('\x80\x02}(', tensor('w'), str('x'), `${call})R`, 'u.')],
    ['a call with attributes', latin1('\x80\x02}(', tensor('w'), str('x'), `${call}}b`, 'u.')],
    ['INST', latin1('}(', tensor('w'), str('x'), '(ios\nsystem\nu.')],
    ['OBJ', latin1('}(', tensor('w'), str('x'), '(cos\nsystem\n', str('id'), 'ou.')],
    ['NEWOBJ_EX', latin1('\x80\x04}(', tensor('w'), str('x'), 'cos\nsystem\n)}\x92u.')],
    ['items of an object', latin1('}(', tensor('w'), str('x'), `${call}(${str('k')}Nu`, 'u.')],
    ['appends to an object', latin1('}(', tensor('w'), str('x'), `${call}(Ne`, 'u.')],
  ])('%s', async (_, pickle) => {
    const tensors = await readTorchStateDict(torchFile(pickle, { 0: four }));
    expect([...tensors.keys()]).toEqual(['w']);
    expect(existsSync('/tmp/run-by-pickle')).toBe(false);
  });

  it('a call that the tensor hangs on is refused by its name', async () => {
    const pickle = latin1('\x80\x02}(', str('w'), `cos\nsystem\n(${tensor('').slice(5)}tR`, 'u.');
    expect(await attempt(torchFile(pickle, { 0: four }))).toBe(
      'PyTorch weights: refuses to run os.system for tensor "w", which its pickle asks for',
    );
  });

  it('objects that share their arguments two to the hundredth are looked at once', async () => {
    const nested = Array.from({ length: 100 }, (_, i) => `h${le(i, 1)}h${le(i, 1)}\x86q${le(i + 1, 1)}`).join(
      '0',
    );
    const pickle = latin1('\x80\x02Nq\x000', nested, '0}(', str('x'), 'cos\nsystem\nh\x64\x85Ru.');
    expect(await attempt(torchFile(pickle))).toBe(
      'PyTorch weights: holds no tensors under names, only "os.system"',
    );
  });
});

describe('tensors that lead out of their storage', () => {
  it.each([
    ['a huge shape', { count: 4, shape: [2 ** 40, 2 ** 40], strides: [1, 1] }],
    ['a huge length', { count: 4, shape: [2 ** 52], strides: [1] }],
    ['one element too many', { count: 4, shape: [5], strides: [1] }],
    ['an offset too far', { count: 4, offset: 4, shape: [1], strides: [1] }],
    ['an offset beyond numbers', { count: 4, offset: 2 ** 60, shape: [1], strides: [1] }],
    ['a stride too far', { count: 4, shape: [2], strides: [4] }],
    ['huge strides', { count: 4, shape: [2, 2], strides: [2 ** 52, 2 ** 52] }],
    ['fewer strides than axes', { count: 4, shape: [2, 2], strides: [1] }],
    ['a storage larger than its entry', { count: 5, shape: [1], strides: [1] }],
    ['a storage smaller than its entry', { count: 3, shape: [1], strides: [1] }],
    ['a storage beyond all files', { count: 2 ** 52, shape: [1], strides: [1] }],
    [
      'an expanded tensor that would fill the memory',
      { count: 4, shape: [2 ** 20, 2 ** 16], strides: [0, 0] },
    ],
    ['65 axes', { count: 4, shape: new Array<number>(65).fill(1), strides: new Array<number>(65).fill(1) }],
  ])('%s', async (_, layout) => {
    expect(await attempt(torchFile(tensorPickle(layout), { 0: four }))).toMatchSnapshot();
  });

  it('negative, fractional, textual and nested lengths', async () => {
    const wrong = [
      `(${int(1)}J\xff\xff\xff\xfft`,
      tuple(`G?${'\x80'.repeat(7)}`),
      tuple(str('4')),
      tuple('N'),
      '}',
      'N',
    ];
    const nested = `${']'.repeat(100_000)}${'a'.repeat(99_999)}`;
    for (const shape of [...wrong, tuple(nested)]) {
      const args = tuple(storage(4), int(0), shape, ints([1]), '\x89', '}');
      expect(await attempt(torchFile(latin1('}', str('w'), rebuilt, args, 'Rs.'), { 0: four }))).not.toBe(
        'accepted',
      );
    }
  });

  it('many expanded tensors of a small storage, each within bounds', async () => {
    const args = tuple(storage(4), int(0), ints([2 ** 20]), ints([0]), '\x89', '}');
    const items = Array.from({ length: 1000 }, (_, i) => str(`w${i}`) + rebuilt + args + 'R').join('');
    expect(await attempt(torchFile(latin1('}(', items, 'u.'), { 0: four }))).toContain('bytes of memory');
  });
});

describe('pickles that waste', () => {
  it.each([
    ['lists nested a million deep', latin1(']'.repeat(1_000_000), 'a'.repeat(999_999), '.')],
    ['dicts nested deep', latin1('}', `${str('k')}}`.repeat(200_000), 's'.repeat(200_000), '.')],
    ['marks', latin1('('.repeat(3_000_000))],
    ['instructions', latin1('N0'.repeat(2_000_000))],
    ['memo', latin1('N', Array.from({ length: 600_000 }, (_, i) => `r${le(i, 4)}`).join(''), '.')],
    ['a string of 4 GiB', latin1('X\xff\xff\xff\xff')],
    ['a string of 2^64 bytes', latin1('\x80\x04\x8d', '\xff'.repeat(8))],
    ['bytes of 2^64 bytes', latin1('\x80\x05\x96', '\xff'.repeat(8))],
    ['an integer of 2 GiB', latin1('\x8b\xff\xff\xff\x7f')],
    ['a long decimal', latin1('L', '9'.repeat(100_000), 'L\n.')],
    ['a memo that is not there', latin1('h\x01.')],
    ['an empty stack', latin1('.')],
    ['a tuple without a mark', latin1('t.')],
    ['a pop below the mark', latin1('N(0t00.')],
    ['half a pair', latin1('}(Nu.')],
    ['items of a list', latin1('](NNu.')],
    ['appends to a dict', latin1('}Na.')],
    ['protocol 9', latin1('\x80\x09N.')],
    ['an unknown instruction', latin1('\xffN.')],
    ['a persistent id of nothing', latin1('NQ.')],
    ['a textual persistent id', latin1('P0\n.')],
    ['a dict that contains itself', latin1('}q\0', str('k'), 'h\0s.')],
    [
      'dicts shared two to the hundredth',
      latin1(
        '}',
        Array.from(
          { length: 100 },
          (_, i) => `q${le(i, 1)}0}(${str('a')}h${le(i, 1)}${str('b')}h${le(i, 1)}u`,
        ).join(''),
        '.',
      ),
    ],
  ])('%s', async (_, pickle) => {
    expect(await attempt(torchFile(pickle))).toMatchSnapshot();
  });
});

afterAll(() => {
  console.info(`${inputsTried()} hostile inputs tried`);
});
