import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * An ONNX network of image [n, 3, 4, 4]: `pooled` is its mean over positions [n, 3, 1, 1], `positive` its ReLU
 * [n, 3, 4, 4].
 */
const NETWORK =
  'CAgSBm1lZGdhbjraAQo8CgVpbWFnZRIGcG9vbGVkGhhHbG9iYWxBdmVyYWdlUG9vbDpwb29sZWQiEUdsb2JhbEF2ZXJhZ2VQb29sCiYKBWltYWdlEghwb3NpdGl2ZRoNUmVsdTpwb3NpdGl2ZSIEUmVsdRIIZmVhdHVyZXNaIAoFaW1hZ2USFwoVCAESEQoDEgFuCgIIAwoCCAQKAggEYiEKBnBvb2xlZBIXChUIARIRCgMSAW4KAggDCgIIAQoCCAFiIwoIcG9zaXRpdmUSFwoVCAESEQoDEgFuCgIIAwoCCAQKAggEQgQKABAS';

/** The file `tiny.onnx` in a folder of its own. */
export async function writeTinyNetwork(): Promise<{
  readonly folder: string;
  readonly file: string;
  readonly remove: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'medgan-onnx-'));
  const file = join(folder, 'tiny.onnx');
  await writeFile(file, Buffer.from(NETWORK, 'base64'));
  return { folder, file, remove: () => rm(folder, { recursive: true }) };
}
