import type { Machine } from './machine.ts';
import { byCharacter } from './operations.ts';
import type { Operations } from './operations.ts';
import { GlobalRef, kindOf, Tuple } from './values.ts';

/**
 * The instructions that run code in Python. Here a name stands for nothing but what the host gives it a meaning for;
 * any other is refused, as are the instructions that no state dict needs.
 */
export const objects: Operations = {
  ...byCharacter({
    c: (m) => {
      const module = m.line();
      m.push(find(m, `${module}.${m.line()}`));
    },
    R: (m) => call(m, m.pop()),
    b: (m) => build(m, m.pop()),
    i: (m) => {
      const module = m.line();
      throw m.refused(`${module}.${m.line()}`);
    },
    o: (m) => {
      throw m.refused(kindOf(m.popMark()[0]));
    },
    P: (m) => m.push(m.host.loadPersistent(m.line())),
    Q: (m) => m.push(m.host.loadPersistent(m.pop())),
  }),
  0x81: (m) => call(m, m.pop()),
  0x82: (m) => {
    throw m.refused(`extension ${m.u8()}`);
  },
  0x83: (m) => {
    throw m.refused(`extension ${m.u16()}`);
  },
  0x84: (m) => {
    throw m.refused(`extension ${m.u32()}`);
  },
  0x92: (m) => {
    m.pop();
    m.pop();
    throw m.refused(kindOf(m.pop()));
  },
  0x93: (m) => {
    const name = m.pop();
    const module = m.pop();
    if (typeof name !== 'string' || typeof module !== 'string') throw m.damaged('a name is no string');
    m.push(find(m, `${module}.${name}`));
  },
  0x97: (m) => {
    throw m.refused('out-of-band buffers');
  },
  0x98: (m) => {
    throw m.refused('out-of-band buffers');
  },
};

function find(machine: Machine, name: string): unknown {
  const found = machine.host.findGlobal(name);
  if (found === undefined) throw machine.refused(name);
  return found;
}

function call(machine: Machine, args: unknown): void {
  const callee = machine.pop();
  if (!(callee instanceof GlobalRef) || !callee.make) throw machine.refused(kindOf(callee));
  if (!(args instanceof Tuple)) throw machine.damaged(`calls ${callee.name} with ${kindOf(args)}`);
  machine.push(callee.make(args.items));
}

/** State dicts carry `_metadata` (module versions) as attributes, tensors may carry anything: neither is a weight. */
function build(machine: Machine, state: unknown): void {
  const target = machine.top();
  const plain = state === null || state instanceof Map || state instanceof Tuple;
  const bearer = target instanceof Map || machine.host.bearsAttributes(target);
  if (!plain || !bearer) throw machine.refused(`__setstate__ of ${kindOf(target)}`);
}
