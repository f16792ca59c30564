import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { foreignFile } from './foreign-file.ts';

const what = (content: string | Uint8Array): string | undefined =>
  foreignFile(typeof content === 'string' ? Buffer.from(content, 'latin1') : content, 'net.pth')?.what;

describe('foreignFile', () => {
  it.each([
    ['', 'is empty'],
    [
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
      'is a Git LFS pointer, not the file itself',
    ],
    ['<!DOCTYPE html><html>', 'is a web page'],
    ['\xef\xbb\xbf \n<HTML lang="en">', 'is a web page'],
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'is a web page'],
    ['{"error": "not found"}', 'is JSON text, as servers answer when a download fails'],
    ['\0'.repeat(40), 'holds only zeros where it should begin'],
    ['\x80\x04\x95K', 'is a Python pickle that torch.save did not write'],
    ['\x89HDF\r\n\x1a\n\0', 'is an HDF5 file, as Keras and MATLAB write them'],
    ['\x93NUMPY\x01', 'is a NumPy array'],
    ['\x89PNG\r\n', 'is an image or a document'],
    ['Not found', 'is text'],
    [`${'x'.repeat(257)}ustar`, 'is a tar file'],
    ['\x08\x07\x12\x07pytorch', undefined],
    ['PK\x03\x04', undefined],
  ])('%j: %s', (content, expected) => expect(what(content)).toBe(expected));

  it('names the file in the cure', () => {
    expect(foreignFile(gzipSync('weights'), 'weights.pth.gz')).toEqual({
      what: 'is packed by gzip',
      cure: 'unpack it first: gunzip < weights.pth.gz > unpacked, or tar xzf weights.pth.gz',
    });
  });
});
