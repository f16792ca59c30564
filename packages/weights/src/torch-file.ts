import { open } from 'node:fs/promises';
import { fileError, FOREIGN_HEAD_BYTES, foreignFile } from '@medgan/files';
import { quote, WeightsError } from './errors.ts';
import type { StateDict, StateDicts } from './pick-state-dict.ts';
import { decodeSafetensors, looksLikeSafetensors } from './safetensors.ts';
import { stateDictOfTensors } from './state-dict-of-tensors.ts';
import { findStateDicts } from './torch/find-state-dicts.ts';
import { looksLegacy, readLegacyFormat } from './torch/legacy-format.ts';
import { defaultLimits, raiseCure, Reading } from './torch/limits.ts';
import type { TorchLimits } from './torch/limits.ts';
import { stateDictOf } from './torch/read-found.ts';
import { looksLikeZip } from './torch/zip-directory.ts';
import { readZipFormat, torchFolder } from './torch/zip-format.ts';
import { ZipArchive } from './torch/zip.ts';

/** Which state dict of a file is meant, and how much reading it may take. */
export interface TorchOptions {
  /**
   * Which state dict of a checkpoint with several: its dict keys joined by dots; `.` is the outermost. The name of a
   * module may follow: `state_dict.generator` is the generator in a Lightning checkpoint.
   */
  readonly key?: string;
  /** Which weight file of a zip archive with several. */
  readonly entry?: string;
  readonly limits?: Partial<TorchLimits>;
}

const MAX_ENTRIES = 20;

/**
 * Opens what torch.save wrote, in its zip or its legacy format, or the files of that kind in a zip archive: finds their
 * state dicts, whose numbers are read when they are asked for.
 * @param source a path, or the bytes of a file
 * @throws WeightsError when the file cannot be read, is damaged or something else, or would exceed the limits
 */
export async function openTorchFile(
  source: string | Uint8Array,
  options: Omit<TorchOptions, 'key'> = {},
): Promise<StateDicts> {
  const limits = { ...defaultLimits, ...options.limits };
  const who = typeof source === 'string' ? source : 'PyTorch weights';
  const bytes = typeof source === 'string' ? await readBounded(source, limits.maxFileBytes) : source;
  const reading = new Reading(who, limits, bytes.byteLength);
  if (bytes.byteLength > limits.maxFileBytes) throw tooLarge(who, bytes.byteLength);
  const archive = looksLikeZip(bytes) ? new ZipArchive(reading, bytes) : undefined;
  if (!archive || torchFolder(reading, archive) !== undefined) return openOne(reading, bytes);
  const entries = weightEntries(reading, archive);
  const { entry } = options;
  if (entry !== undefined && !entries.includes(entry)) {
    throw new WeightsError(`${who}: has no weight file ${quote(entry)}`, {
      cure: `choose one by its name (--entry): ${entries.slice(0, MAX_ENTRIES).map(quote).join(', ')}`,
    });
  }
  if (entry !== undefined) return openOne(reading, archive.read(entry));
  if (entries.length === 1) return openOne(reading, archive.read(entries[0]!));
  return openAll(reading, archive, entries);
}

/** Opens each file of an archive. One that cannot be read is passed over as long as another can. */
function openAll(reading: Reading, archive: ZipArchive, entries: readonly string[]): StateDicts {
  const dicts: StateDict[] = [];
  const passedOver = new Set<string>();
  let first: unknown;
  for (const entry of entries.slice(0, MAX_ENTRIES)) {
    try {
      const opened = openOne(reading, archive.read(entry), entry);
      dicts.push(...opened.dicts);
      for (const name of opened.passedOver) passedOver.add(name);
    } catch (error) {
      if (!(error instanceof WeightsError)) throw error;
      first ??= error;
      passedOver.add(entry);
    }
  }
  if (dicts.length === 0 && first !== undefined) throw first as WeightsError;
  return { who: reading.who, dicts, passedOver: [...passedOver] };
}

/** Opens one weight file, not an archive of them. */
function openOne(reading: Reading, bytes: Uint8Array, entry?: string): StateDicts {
  const { who } = reading;
  if (looksLikeSafetensors(bytes)) {
    const { tensors } = decodeSafetensors(bytes, who);
    return { who, dicts: [stateDictOfTensors(tensors, entry)], passedOver: [] };
  }
  const { dicts, passedOver } = findStateDicts(reading, readObject(reading, bytes, entry));
  return { who, dicts: dicts.map((found) => stateDictOf(reading, found, entry)), passedOver };
}

function readObject(reading: Reading, bytes: Uint8Array, entry: string | undefined): unknown {
  if (looksLegacy(bytes)) return readLegacyFormat(reading, bytes);
  const name = entry === undefined ? reading.who : `${reading.who}: ${entry}`;
  if (!looksLikeZip(bytes)) throw notByTorch(name, bytes);
  const archive = new ZipArchive(reading, bytes);
  const folder = torchFolder(reading, archive);
  if (folder === undefined) throw new WeightsError(`${name}: is an archive inside an archive`, UNPACK);
  if (archive.sizeOf(`${folder}constants.pkl`) === undefined) return readZipFormat(reading, archive, folder);
  throw new WeightsError(`${name}: is a TorchScript program, no state dict`, {
    cure: 'save its weights in Python: torch.save(torch.jit.load(path).state_dict(), new_path)',
  });
}

const UNPACK = { cure: 'unpack it, and give the weight file' };

function notByTorch(name: string, bytes: Uint8Array): WeightsError {
  const foreign = foreignFile(bytes.subarray(0, FOREIGN_HEAD_BYTES), name);
  if (foreign) return new WeightsError(`${name}: ${foreign.what}`, { cure: foreign.cure });
  return new WeightsError(`${name}: is neither a file by torch.save nor safetensors`, {
    cure: 'save the weights in Python: torch.save(model.state_dict(), path); if it was one, copy or download it again',
  });
}

function weightEntries(reading: Reading, archive: ZipArchive): readonly string[] {
  const files = archive.names.filter((name) => !name.endsWith('/') && !/(^|\/)(__MACOSX\/|\.)/.test(name));
  const weights = files.filter((name) => /\.(pth|pt|ckpt|bin|pkl|tar|safetensors)$/i.test(name));
  if (weights.length > 0) return weights;
  throw new WeightsError(`${reading.who}: is a zip archive without a file of weights`, {
    cure: 'give a .pth, .pt or .safetensors file, or a .zip that holds one',
  });
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

const tooLarge = (who: string, size: number): WeightsError =>
  new WeightsError(`${who}: ${size} bytes are too many`, { cure: raiseCure('maxFileBytes') });
