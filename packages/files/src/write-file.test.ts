import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { finishedName, makeFolder, putInPlace, writeFileAtomically } from './write-file.ts';

const dir = mkdtempSync(join(tmpdir(), 'medgan-write-file-'));
const path = join(dir, 'made', 'deep', 'file');
beforeEach(() => rmSync(join(dir, 'made'), { recursive: true, force: true }));
afterAll(() => rmSync(dir, { recursive: true }));

const names = (): string[] => readdirSync(join(dir, 'made', 'deep'));

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(1, 2);
  await Promise.resolve();
  yield Uint8Array.of(3);
}

describe('writeFileAtomically', () => {
  it.each([
    ['a string', 'é', [0xc3, 0xa9]],
    ['bytes', Uint8Array.of(7, 8), [7, 8]],
    ['nothing', '', []],
    ['pieces', [Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2)], [1, 2]],
    ['pieces that come one after the other', pieces(), [1, 2, 3]],
  ])('writes %s, and makes the folders', async (_, content, bytes) => {
    await writeFileAtomically(path, content);
    expect([...readFileSync(path)]).toEqual(bytes);
    expect(names()).toEqual(['file']);
  });

  it('replaces the old content, durable or not', async () => {
    for (const durable of [true, false]) {
      await writeFileAtomically(path, 'old', { durable });
      await writeFileAtomically(path, 'new', { durable });
      expect(readFileSync(path, 'utf8')).toBe('new');
    }
  });

  it('keeps the old content when the new one fails on the way, and passes its error on', async () => {
    await writeFileAtomically(path, 'old');
    const failing = function* (): Generator<Uint8Array> {
      yield Uint8Array.of(1);
      throw new RangeError('no more');
    };
    await expect(writeFileAtomically(path, failing())).rejects.toThrow(new RangeError('no more'));
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(names()).toEqual(['file']);
  });

  it('says why the file system refuses, with the cure, and leaves nothing', async () => {
    mkdirSync(path, { recursive: true });
    await expect(writeFileAtomically(path, 'text')).rejects.toMatchObject({
      cure: 'name a file, not a folder',
      cause: { code: 'EISDIR' },
    });
    expect(names()).toEqual(['file']);
    await expect(writeFileAtomically(path, 'text')).rejects.toThrow(`${path} cannot be written (EISDIR)`);
  });

  it('keeps writers of one path apart, and passes by what a crash left behind', async () => {
    mkdirSync(join(dir, 'made', 'deep'), { recursive: true });
    const left = `${path}.${process.pid}-0.partial`;
    writeFileSync(left, 'half');
    const texts = Array.from({ length: 10 }, (_, i) => `${i}`.repeat(1000));
    await Promise.all(texts.map((text) => writeFileAtomically(path, text)));
    expect(texts).toContain(readFileSync(path, 'utf8'));
    expect(names().sort()).toEqual(['file', `file.${process.pid}-0.partial`]);
  });
});

describe('finishedName', () => {
  it.each([
    ['grid.png.123-0.partial', 'grid.png'],
    ['grid.png.123.partial', 'grid.png'],
    ['step-0000005.partial', 'step-0000005'],
    ['step-0000005.old.partial', 'step-0000005'],
    ['grid.png', 'grid.png'],
    ['partial', 'partial'],
  ])('%s → %s', (name, finished) => expect(finishedName(name)).toBe(finished));
});

describe('a folder', () => {
  it('is made with those above it, by many at once', async () => {
    const folder = join(dir, 'made', 'by', 'many');
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(folder)));
    expect(readdirSync(folder)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'that the system does not make is an error, not a wait',
    async () => {
      await expect(makeFolder('/proc/no-such-folder/below')).rejects.toThrow('ENOENT');
      await expect(writeFileAtomically('/proc/no-such-folder/file', 'x')).rejects.toThrow(
        '/proc/no-such-folder/file cannot be written (ENOENT)',
      );
    },
  );
});

describe('putInPlace', () => {
  it('gives a temporary file the name of an old one, durable or not', async () => {
    for (const durable of [true, false]) {
      await writeFileAtomically(path, 'old');
      writeFileSync(`${path}.tmp`, 'new');
      await putInPlace(`${path}.tmp`, path, { durable });
      expect(readFileSync(path, 'utf8')).toBe('new');
      expect(names()).toEqual(['file']);
    }
  });

  it('says which file cannot be written, and leaves the temporary one', async () => {
    await writeFileAtomically(`${path}.tmp`, 'new');
    const inTheWay = join(path, 'deeper');
    await expect(putInPlace(`${path}.tmp`, inTheWay)).rejects.toThrow(
      `${inTheWay} cannot be written (ENOENT)`,
    );
    expect(names()).toEqual(['file.tmp']);
  });
});
