/** The ending that fits a file by its first bytes, or undefined when it is no image that the archive could hold. */
export function endingOf(head: Uint8Array): '.jpg' | '.png' | '.tif' | undefined {
  const starts = (...bytes: number[]): boolean => bytes.every((byte, i) => head[i] === byte);
  if (starts(0xff, 0xd8, 0xff)) return '.jpg';
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return '.png';
  if (starts(0x49, 0x49, 0x2a, 0x00) || starts(0x4d, 0x4d, 0x00, 0x2a)) return '.tif';
  return undefined;
}

/** What a file that is no image seems to be, for a message. */
export function looksLike(head: Uint8Array): string {
  const text = Buffer.from(head).toString('latin1').trimStart().toLowerCase();
  if (/^(<!doctype html|<html|<head|<body)/.test(text)) return 'an HTML page';
  if (text.startsWith('<?xml') || text.startsWith('<error')) return 'an XML message';
  if (text.startsWith('{') || text.startsWith('[')) return 'JSON';
  return head.length === 0 ? 'empty' : 'something else';
}
