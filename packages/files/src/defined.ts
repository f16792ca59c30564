/** `T` without the values that may be undefined: their keys may be absent instead. */
type Defined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/**
 * The record without its undefined values: `{ name, ...defined({ cure, line }) }`. An optional property (`cure?: string`)
 * is absent or has a value throughout this code (`exactOptionalPropertyTypes`), so that a record reads the same from
 * memory and from JSON; this turns what may be undefined into such a property.
 */
export function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
