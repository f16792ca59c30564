/** A count with its noun: `1 image`, `2 images`, `1,024 images`; `many` is the plural where it is not formed by an s. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
