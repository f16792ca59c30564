/** What a pickle may name: a function or class that this program has its own, harmless meaning for. */
export interface Global {
  readonly name: string;
  /** What calling it makes; absent for what is only mentioned. */
  readonly make?: (args: readonly unknown[]) => unknown;
}

/** A reference as it lies on the pickle's stack. */
export class GlobalRef implements Global {
  readonly name: string;
  readonly make?: (args: readonly unknown[]) => unknown;

  constructor({ name, make }: Global) {
    this.name = name;
    if (make) this.make = make;
  }

  /** A name that has no meaning here: what Python would make by calling it becomes inert data. */
  static unknown(name: string): GlobalRef {
    return new GlobalRef({ name, make: (args) => new Inert(name, args) });
  }
}

/** A value that may be passed on but means nothing here: a device, a dtype, a complex number. */
export class Opaque {
  readonly kind: string;

  constructor(kind: string) {
    this.kind = kind;
  }
}

/**
 * A Python object whose class or function is not run here: its name, and what the pickle gives it, kept as plain data.
 * A checkpoint has many of them beside its tensors: numpy scalars, argparse namespaces, paths, dates.
 */
export class Inert extends Opaque {
  readonly args: readonly unknown[];
  /** What `__setstate__` would receive: the attributes of most objects. */
  state: unknown = null;
  /** Items of a subclass of dict. */
  readonly items = new Map<unknown, unknown>();

  constructor(name: string, args: readonly unknown[]) {
    super(name);
    this.args = args;
  }
}

/** A Python tuple or frozen sequence. */
export class Tuple {
  readonly items: readonly unknown[];

  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** How a message calls a value of the pickle. */
export function kindOf(value: unknown): string {
  if (value === null) return 'None';
  if (value instanceof GlobalRef) return value.name;
  if (value instanceof Map) return 'a dict';
  if (value instanceof Set) return 'a set';
  if (value instanceof Tuple) return 'a tuple';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Opaque) return value.kind;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a tensor or storage';
  return (
    { string: 'a string', boolean: 'a bool', number: 'a number', bigint: 'a number' }[
      typeof value as string
    ] ?? 'a value'
  );
}
