import type { Machine } from './machine.ts';
import { byCharacter } from './operations.ts';
import type { Operations } from './operations.ts';
import { Inert, kindOf, Tuple } from './values.ts';

/** Tuples, lists, dicts and sets, the marks they are built from, and the memo that shares them. */
export const containers: Operations = {
  ...byCharacter({
    '(': (m) => m.mark(),
    '0': (m) => m.discard(),
    '1': (m) => void m.popMark(),
    '2': (m) => m.push(m.top()),
    ')': (m) => m.push(new Tuple([])),
    t: (m) => m.push(new Tuple(m.popMark())),
    ']': (m) => m.push([]),
    l: (m) => m.push(m.popMark()),
    a: (m) => append(m, [m.pop()]),
    e: (m) => append(m, m.popMark()),
    '}': (m) => m.push(new Map()),
    d: (m) => {
      const items = m.popMark();
      m.push(new Map());
      setItems(m, items);
    },
    s: (m) => {
      const value = m.pop();
      setItems(m, [m.pop(), value]);
    },
    u: (m) => setItems(m, m.popMark()),
    g: (m) => m.recall(memoKey(m)),
    h: (m) => m.recall(m.u8()),
    j: (m) => m.recall(m.u32()),
    p: (m) => m.store(memoKey(m)),
    q: (m) => m.store(m.u8()),
    r: (m) => m.store(m.u32()),
  }),
  0x85: (m) => m.push(new Tuple(take(m, 1))),
  0x86: (m) => m.push(new Tuple(take(m, 2))),
  0x87: (m) => m.push(new Tuple(take(m, 3))),
  0x8f: (m) => m.push(new Set()),
  0x90: (m) => addItems(m, m.popMark()),
  0x91: (m) => m.push(new Set(m.popMark())),
  0x94: (m) => m.store(m.memo.size),
};

function take(machine: Machine, count: number): unknown[] {
  const items: unknown[] = [];
  for (let i = 0; i < count; i++) items.push(machine.pop());
  return items.reverse();
}

function append(machine: Machine, items: readonly unknown[]): void {
  const list = machine.top();
  // Items of a subclass of list are no weights that a state dict could name.
  if (list instanceof Inert) return;
  if (!Array.isArray(list)) throw machine.damaged(`appends to ${kindOf(list)}`);
  for (const item of items) list.push(item);
}

function setItems(machine: Machine, items: readonly unknown[]): void {
  const target = machine.top();
  const dict = target instanceof Inert ? target.items : target;
  if (!(dict instanceof Map)) throw machine.damaged(`sets items of ${kindOf(dict)}`);
  if (items.length % 2 !== 0) throw machine.damaged('a dict has a key without a value');
  for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
}

function addItems(machine: Machine, items: readonly unknown[]): void {
  const set = machine.top();
  if (set instanceof Inert) return;
  if (!(set instanceof Set)) throw machine.damaged(`adds to ${kindOf(set)}`);
  for (const item of items) set.add(item);
}

function memoKey(machine: Machine): number {
  const text = machine.line();
  if (!/^\d{1,10}$/.test(text)) throw machine.damaged('no memo key');
  return Number(text);
}
