import type { Machine } from './machine.ts';
import { byCharacter } from './operations.ts';
import type { Operations } from './operations.ts';
import { GlobalRef, Inert, kindOf, Tuple } from './values.ts';

/**
 * The instructions that run code in Python. Here a name means only what the host says. What an unknown name would make
 * becomes inert data, where the host allows that; nothing is run in any case.
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
      const callee = find(m, `${module}.${m.line()}`);
      m.push(made(m, callee, m.popMark()));
    },
    o: (m) => {
      const [callee, ...args] = m.popMark();
      m.push(made(m, callee, args));
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
    call(m, m.pop());
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
  if (!(args instanceof Tuple)) throw machine.damaged(`calls ${kindOf(callee)} with ${kindOf(args)}`);
  machine.push(made(machine, callee, args.items));
}

/** What a call stands for. A call of an inert object, such as a `functools.partial`, gives another one. */
function made(machine: Machine, callee: unknown, args: readonly unknown[]): unknown {
  if (callee instanceof GlobalRef && callee.make) return callee.make(args);
  if (callee instanceof Inert) return new Inert(callee.kind, args);
  throw machine.refused(kindOf(callee));
}

/**
 * Sets the attributes of an object. Those of state dicts (`_metadata`: module versions) and of tensors are dropped:
 * neither is a weight.
 */
function build(machine: Machine, state: unknown): void {
  const target = machine.top();
  if (target instanceof Inert) {
    target.state = state;
    return;
  }
  const plain = state === null || state instanceof Map || state instanceof Tuple;
  const bearer = target instanceof Map || machine.host.bearsAttributes(target);
  if (!plain || !bearer) throw machine.refused(`__setstate__ of ${kindOf(target)}`);
}
