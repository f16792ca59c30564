import { open } from 'node:fs/promises';
import { fileError } from '@medgan/files';
import { quote, WeightsError } from './errors.ts';
import type { TensorData } from './tensor-data.ts';
import { looksLegacy, readLegacyFormat } from './torch/legacy-format.ts';
import { defaultLimits, Reading } from './torch/limits.ts';
import type { TorchLimits } from './torch/limits.ts';
import { pickStateDict } from './torch/pick.ts';
import { looksLikeZip } from './torch/zip-directory.ts';
import { readZipFormat, torchFolder } from './torch/zip-format.ts';
import { ZipArchive } from './torch/zip.ts';

/** Which state dict of a file is meant, and how much reading it may take. */
export interface TorchOptions {
  /** Which state dict of a checkpoint with several: its dict keys joined by dots; `.` is the outermost. */
  readonly key?: string;
  /** Which weight file of a zip archive with several. */
  readonly entry?: string;
  readonly limits?: Partial<TorchLimits>;
}

/**
 * Reads the state dict that torch.save wrote, in its zip or its legacy format, or one such file inside a zip archive.
 * Only tensors and plain containers are built; whatever else the pickle asks for is refused by name, and nothing is ever
 * run. The arrays may share memory with each other and with `source`.
 * @param source a path, or the bytes of a file
 * @returns tensors in the order of the state dict; its entries that are no tensors are left out
 * @throws MedganError when the file cannot be read; WeightsError when it is damaged, asks for code, or would exceed the limits
 */
export async function readTorchStateDict(
  source: string | Uint8Array,
  options: TorchOptions = {},
): Promise<Map<string, TensorData>> {
  const limits = { ...defaultLimits, ...options.limits };
  const who = typeof source === 'string' ? source : 'PyTorch weights';
  const bytes = typeof source === 'string' ? await readBounded(source, limits.maxFileBytes) : source;
  const reading = new Reading(who, limits, bytes.byteLength);
  if (bytes.byteLength > limits.maxFileBytes) throw tooLarge(who, bytes.byteLength);
  const picked = pickStateDict(reading, readObject(reading, bytes, options.entry), options.key);
  return new Map([...picked].map(([name, tensor]) => [name, tensor.toData(name)]));
}

function readObject(reading: Reading, bytes: Uint8Array, entry: string | undefined): unknown {
  if (!looksLikeZip(bytes)) return readUnpacked(reading, bytes);
  const archive = new ZipArchive(reading, bytes);
  const folder = torchFolder(reading, archive);
  if (folder !== undefined) return readTorchZip(reading, archive, folder);
  const inner = archive.read(pickEntry(reading, archive, entry));
  if (!looksLikeZip(inner)) return readUnpacked(reading, inner);
  const innerArchive = new ZipArchive(reading, inner);
  const innerFolder = torchFolder(reading, innerArchive);
  if (innerFolder === undefined) throw reading.damaged('the file inside the archive is no PyTorch file');
  return readTorchZip(reading, innerArchive, innerFolder);
}

function readTorchZip(reading: Reading, archive: ZipArchive, folder: string): unknown {
  if (archive.sizeOf(`${folder}constants.pkl`) === undefined) return readZipFormat(reading, archive, folder);
  throw new WeightsError(`${reading.who}: is a TorchScript program, no state dict`, {
    cure: 'save its weights in Python: torch.save(torch.jit.load(path).state_dict(), new_path)',
  });
}

function readUnpacked(reading: Reading, bytes: Uint8Array): unknown {
  if (looksLegacy(bytes)) return readLegacyFormat(reading, bytes);
  const tar = Buffer.from(bytes.subarray(257, 262)).toString('latin1') === 'ustar';
  const safetensors = bytes[8] === 0x7b && bytes[7] === 0;
  const what = tar
    ? 'is a tar file, as PyTorch before 0.1.10 wrote them'
    : safetensors
      ? 'looks like a safetensors file'
      : 'is no file by torch.save';
  throw new WeightsError(`${reading.who}: ${what}`, {
    cure: safetensors
      ? 'read it as safetensors'
      : 'give a .pth or .pt file, or a .zip that holds one; save it in Python: torch.save(model.state_dict(), path)',
  });
}

function pickEntry(reading: Reading, archive: ZipArchive, entry: string | undefined): string {
  const files = archive.names.filter((name) => !name.endsWith('/') && !/(^|\/)(__MACOSX\/|\.)/.test(name));
  const weights = files.filter((name) => /\.(pth|pt|ckpt|bin|pkl|tar)$/i.test(name));
  const choices = weights.slice(0, 20).map(quote).join(', ');
  if (weights.length === 0) {
    throw new WeightsError(`${reading.who}: is a zip archive without a PyTorch file`, {
      cure: 'give a .pth or .pt file, or a .zip that holds one',
    });
  }
  if (entry !== undefined && weights.includes(entry)) return entry;
  if (entry === undefined && weights.length === 1) return weights[0]!;
  const what =
    entry === undefined ? `holds ${weights.length} weight files` : `has no weight file ${quote(entry)}`;
  throw new WeightsError(`${reading.who}: ${what}`, { cure: `choose one of ${choices}` });
}

async function readBounded(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      if (size > maxBytes) throw tooLarge(path, size);
      const bytes = new Uint8Array(size);
      let offset = 0;
      while (offset < size) {
        const { bytesRead } = await handle.read(bytes, offset, Math.min(2 ** 30, size - offset), offset);
        if (bytesRead === 0) return bytes.subarray(0, offset);
        offset += bytesRead;
      }
      return bytes;
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof WeightsError) throw cause;
    throw fileError(`${path} cannot be read`, cause);
  }
}

function tooLarge(who: string, size: number): WeightsError {
  return new WeightsError(`${who}: ${size} bytes are too many`, {
    cure: 'if you trust the file, raise maxFileBytes',
  });
}
