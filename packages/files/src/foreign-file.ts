/** What a file is that is not what was asked for, and what helps. */
export interface ForeignFile {
  /** Follows the file's name: `is a web page`. */
  readonly what: string;
  readonly cure: string;
}

/** How many bytes of a file `foreignFile` needs. */
export const FOREIGN_HEAD_BYTES = 512;

interface Signature extends ForeignFile {
  /** Whether the first bytes are those of this kind; `text` is the same in Latin-1. */
  readonly fits: (text: string, bytes: Uint8Array) => boolean;
}

const begins =
  (...signatures: readonly string[]) =>
  (text: string): boolean =>
    signatures.some((signature) => text.startsWith(signature));

const DOWNLOAD = 'download the file itself: the link or the sign-in led to something else';

const packed = (by: string, command: string): ForeignFile => ({
  what: `is packed by ${by}`,
  cure: `unpack it first: ${command}`,
});

/** Kinds of files that lie where weights or networks belong: most are failed downloads, or need one step more. */
const kinds: readonly Signature[] = [
  {
    fits: begins('version https://git-lfs.github.com/spec/'),
    what: 'is a Git LFS pointer, not the file itself',
    cure: 'fetch the file in its repository: git lfs pull',
  },
  {
    fits: (text) => /^(\xef\xbb\xbf)?\s*(<!doctype html|<html|<head|<\?xml|<!--)/i.test(text),
    what: 'is a web page',
    cure: DOWNLOAD,
  },
  { fits: begins('\x1f\x8b'), ...packed('gzip', 'gunzip < FILE > unpacked, or tar xzf FILE') },
  { fits: begins('BZh'), ...packed('bzip2', 'bunzip2 < FILE > unpacked, or tar xjf FILE') },
  { fits: begins('\xfd7zXZ\0'), ...packed('xz', 'unxz < FILE > unpacked, or tar xJf FILE') },
  { fits: begins('\x28\xb5\x2f\xfd'), ...packed('zstd', 'unzstd < FILE > unpacked') },
  { fits: begins('7z\xbc\xaf\x27\x1c'), ...packed('7-Zip', '7z x FILE') },
  { fits: begins('Rar!\x1a\x07'), ...packed('RAR', 'unrar x FILE') },
  {
    fits: (text) => text.slice(257, 262) === 'ustar',
    what: 'is a tar file',
    cure: 'unpack it first: tar xf FILE; files of PyTorch before 0.1.10 must be loaded and saved again in Python',
  },
  {
    fits: begins('\x89HDF\r\n\x1a\n'),
    what: 'is an HDF5 file, as Keras and MATLAB write them',
    cure: 'these weights are not read; give weights of PyTorch, or safetensors',
  },
  {
    fits: begins('\x93NUMPY'),
    what: 'is a NumPy array',
    cure: 'save the weights in Python: torch.save(model.state_dict(), path)',
  },
  {
    fits: begins('\x89PNG', '\xff\xd8\xff', 'GIF8', 'BM', '%PDF'),
    what: 'is an image or a document',
    cure: 'give the path of the weights',
  },
  {
    fits: (_text, bytes) => bytes.every((byte) => byte === 0),
    what: 'holds only zeros where it should begin',
    cure: 'it was not copied or downloaded to its end: do that again',
  },
  {
    fits: (text) => /^\s*[{[]\s*("|\})/.test(text) && isText(text),
    what: 'is JSON text, as servers answer when a download fails',
    cure: DOWNLOAD,
  },
  {
    fits: (_text, bytes) => bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5,
    what: 'is a Python pickle that torch.save did not write',
    cure: 'if you trust it, load it in Python and save the weights: torch.save(model.state_dict(), path)',
  },
  {
    fits: isText,
    what: 'is text',
    cure: `give the path of the file itself; if this was downloaded: ${DOWNLOAD}`,
  },
];

/** Whether all characters are printable ASCII, tabs or line ends. */
function isText(text: string): boolean {
  return text.length > 0 && /^[\t\n\r\x20-\x7e]*$/.test(text);
}

/**
 * Recognises by its first bytes what a file is that cannot be read as weights or as a network: an empty file, a pointer
 * of Git LFS, a web page, a packed file. Undefined where it could be anything.
 * @param head the first `FOREIGN_HEAD_BYTES` bytes, or all where there are fewer
 * @param name how the cure calls the file
 */
export function foreignFile(head: Uint8Array, name: string): ForeignFile | undefined {
  if (head.length === 0) return { what: 'is empty', cure: 'copy or download it again' };
  const bytes = head.subarray(0, FOREIGN_HEAD_BYTES);
  const text = Buffer.from(bytes).toString('latin1');
  const found = kinds.find(({ fits }) => fits(text, bytes));
  return found && { what: found.what, cure: found.cure.replaceAll('FILE', name) };
}
