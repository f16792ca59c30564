import { quote } from '../errors.ts';
import { unpickle } from '../pickle/unpickle.ts';
import type { ByteOrder } from '../tensor-data.ts';
import { torchHost } from './host.ts';
import type { StorageId } from './host.ts';
import type { Reading } from './limits.ts';
import type { Storage } from './tensor.ts';
import type { ZipArchive } from './zip.ts';

/** The folder in which torch.save put `data.pkl`, with its slash; undefined when the archive has no such file. */
export function torchFolder(reading: Reading, archive: ZipArchive): string | undefined {
  const pickles = archive.names.filter((name) => /^([^/]+\/)?data\.pkl$/.test(name));
  if (pickles.length > 1) throw reading.damaged(`the archive has ${pickles.length} files data.pkl`);
  return pickles[0]?.slice(0, -'data.pkl'.length);
}

/** What torch.save wrote since version 1.6: `data.pkl`, and each storage as an entry `data/<key>` beside it. */
export function readZipFormat(reading: Reading, archive: ZipArchive, folder: string): unknown {
  const pickle = `${folder}data.pkl`;
  const size = archive.sizeOf(pickle)!;
  if (size > reading.limits.maxPickleBytes)
    throw reading.exceeds(`a pickle of ${size} bytes`, 'maxPickleBytes');
  const order = byteOrder(reading, archive, folder);
  const load = (id: StorageId): Storage => {
    const name = `${folder}data/${id.key}`;
    const { type, byteLength } = id;
    if (archive.sizeOf(name) !== byteLength) {
      throw reading.damaged(
        `storage ${quote(id.key)} has ${archive.sizeOf(name) ?? 'no'} bytes, not ${byteLength}`,
      );
    }
    return { type, byteLength, order, bytes: () => archive.read(name) };
  };
  return unpickle(torchHost(reading, load), archive.read(pickle)).value;
}

/** Files before PyTorch 2.1 do not say their byte order; they are little-endian. */
function byteOrder(reading: Reading, archive: ZipArchive, folder: string): ByteOrder {
  const name = `${folder}byteorder`;
  if (archive.sizeOf(name) === undefined) return 'little';
  const text = Buffer.from(archive.read(name).subarray(0, 16)).toString('latin1');
  if (text !== 'little' && text !== 'big') throw reading.damaged(`unknown byte order ${quote(text)}`);
  return text;
}
