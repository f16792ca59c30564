import { deflateRawSync } from 'node:zlib';
import { expect } from 'vitest';
import { WeightsError } from '../errors.ts';
import { crc32 } from '../torch/crc32.ts';
import { readTorchStateDict } from '../torch-state-dict.ts';

const MAX_GROWTH = 2 ** 28;
let tried = 0;

/** How many inputs `attempt` was given so far. */
export function inputsTried(): number {
  return tried;
}

/** Reads hostile bytes: the error's first line, or `accepted`. Anything but a WeightsError fails, and so does waste. */
export async function attempt(bytes: Uint8Array): Promise<string> {
  tried++;
  const before = process.memoryUsage().arrayBuffers;
  const outcome = await readTorchStateDict(bytes).then(
    () => 'accepted',
    (error: unknown) => {
      expect(error).toBeInstanceOf(WeightsError);
      expect((error as WeightsError).cure).toBeTruthy();
      return (error as Error).message.split('\n')[0]!;
    },
  );
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MAX_GROWTH);
  return outcome;
}

export interface Entry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
  /** What the headers claim instead of the truth. */
  readonly lie?: {
    readonly size?: number;
    readonly crc?: number;
    readonly method?: number;
    readonly flags?: number;
  };
}

export function zip(entries: readonly Entry[], at = 0): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = at;
  for (const { name, data, deflate = false, lie = {} } of entries) {
    const packed = deflate ? deflateRawSync(data) : data;
    const fixed = Buffer.alloc(26);
    fixed.writeUInt16LE(lie.flags ?? 0, 2);
    fixed.writeUInt16LE(lie.method ?? (deflate ? 8 : 0), 4);
    fixed.writeUInt32LE(lie.crc ?? crc32(data), 10);
    fixed.writeUInt32LE(packed.length, 14);
    fixed.writeUInt32LE(lie.size ?? data.length, 18);
    fixed.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fixed, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\0\0'), fixed, tail, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  return Buffer.concat([
    ...parts,
    ...directory,
    endOf(entries.length, Buffer.concat(directory).length, offset),
  ]);
}

export function endOf(count: number, length: number, start: number): Buffer {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(length, 12);
  end.writeUInt32LE(start, 16);
  return end;
}

/** A file as torch.save writes it around a pickle. */
export function torchFile(
  pickle: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
  deflate = false,
): Buffer {
  const data = Object.entries(storages).map(([key, bytes]) => ({
    name: `a/data/${key}`,
    data: bytes,
    deflate,
  }));
  return zip([{ name: 'a/data.pkl', data: pickle }, ...data]);
}

export const latin1 = (...parts: string[]) => Buffer.from(parts.join(''), 'latin1');
export const str = (text: string) => `X${le(text.length, 4)}${text}`;
export const int = (value: number) => (value < 2 ** 31 ? `J${le(value, 4)}` : `\x8a\x08${le(value, 8)}`);
export const tuple = (...items: string[]) => `(${items.join('')}t`;
export const ints = (values: readonly number[]) => tuple(...values.map(int));
export const storage = (count: number, type = 'Float') =>
  `${tuple(str('storage'), `ctorch\n${type}Storage\n`, str('0'), str('cpu'), int(count))}Q`;
export const rebuilt = 'ctorch._utils\n_rebuild_tensor_v2\n';

export function le(value: number, bytes: number): string {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer.subarray(0, bytes).toString('latin1');
}

/** A state dict of one tensor with the layout given. */
export function tensorPickle(layout: {
  count: number;
  offset?: number;
  shape: number[];
  strides: number[];
}): Buffer {
  const { count, offset = 0, shape, strides } = layout;
  const args = tuple(storage(count), int(offset), ints(shape), ints(strides), '\x89', '}');
  return latin1('\x80\x02}', str('w'), rebuilt, args, 'Rs.');
}

export const four = Buffer.alloc(16, 1);
