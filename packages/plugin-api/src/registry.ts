import { MedganError } from '@medgan/files';
import { nearest } from './nearest.ts';

/** What a registry needs to know of any plugin. */
export interface Named {
  /** kebab-case; also the file's name and the name in a YAML file. */
  readonly name: string;
  /** Other spellings accepted in YAML, such as the original's `DCGAN`. */
  readonly aliases?: readonly string[];
}

/** The plugins of one kind, by name. An object passed around, never a global. */
export class Registry<T extends Named> {
  readonly kind: string;
  readonly #byName = new Map<string, T>();
  readonly #canonical = new Map<string, string>();

  constructor(kind: string, plugins: Iterable<T> = []) {
    this.kind = kind;
    for (const plugin of plugins) this.add(plugin);
  }

  /** @throws MedganError when the name or an alias is taken or not kebab-case. */
  add(plugin: T): this {
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(plugin.name)) {
      throw new MedganError(`${this.kind} plugin ${JSON.stringify(plugin.name)} has no kebab-case name`, {
        cure: 'give it a name such as "my-gan"',
      });
    }
    for (const spelling of [plugin.name, ...(plugin.aliases ?? [])]) {
      const holder = this.#canonical.get(spelling);
      if (holder !== undefined) {
        throw new MedganError(
          `${this.kind} ${JSON.stringify(spelling)} is registered twice (${holder}, ${plugin.name})`,
          {
            cure: 'rename one of the two plugins',
          },
        );
      }
    }
    for (const spelling of [plugin.name, ...(plugin.aliases ?? [])])
      this.#canonical.set(spelling, plugin.name);
    this.#byName.set(plugin.name, plugin);
    return this;
  }

  /** Whether a plugin has this name or alias. */
  has(name: string): boolean {
    return this.#canonical.has(name);
  }

  /** @throws MedganError naming the known plugins and the nearest one. */
  get(name: string): T {
    const canonical = this.#canonical.get(name);
    if (canonical !== undefined) return this.#byName.get(canonical)!;
    const guess = nearest(name, this.#canonical.keys());
    throw new MedganError(
      `no ${this.kind} is called ${JSON.stringify(name)}; known: ${this.names().join(', ')}`,
      {
        cure: guess
          ? `did you mean ${JSON.stringify(guess)}?`
          : `choose one of them, or add yours under plugins:`,
      },
    );
  }

  /** Names in alphabetical order. */
  names(): string[] {
    return [...this.#byName.keys()].sort();
  }

  /** Plugins in the order of their names. */
  list(): T[] {
    return this.names().map((name) => this.#byName.get(name)!);
  }
}
