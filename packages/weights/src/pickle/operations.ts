import type { Machine } from './machine.ts';

/** What one instruction does. */
export type Operation = (machine: Machine) => void;

/** A pickle instruction is one byte; most are printable, and Python's documentation names them so. */
export type Operations = Readonly<Record<number, Operation>>;

/** Operations keyed by the instruction's character. */
export function byCharacter(table: Readonly<Record<string, Operation>>): Operations {
  return Object.fromEntries(Object.entries(table).map(([key, operation]) => [key.charCodeAt(0), operation]));
}
