import { containers } from './containers.ts';
import { Machine } from './machine.ts';
import type { PickleHost } from './machine.ts';
import { objects } from './objects.ts';
import type { Operation } from './operations.ts';
import { scalars } from './scalars.ts';

const PROTO = 0x80;
const FRAME = 0x95;
const STOP = 0x2e;
const NEWEST_PROTOCOL = 5;

const operations: (Operation | undefined)[] = [];
for (const [code, operation] of Object.entries({ ...scalars, ...containers, ...objects })) {
  operations[Number(code)] = operation;
}
operations[PROTO] = (machine) => {
  const protocol = machine.u8();
  if (protocol > NEWEST_PROTOCOL) throw machine.damaged(`unknown pickle protocol ${protocol}`);
};
// A frame only says how much may be read ahead.
operations[FRAME] = (machine) => void machine.u64();

/**
 * Reads one pickle (protocols 0 to 5) that begins at `start`. None, booleans, numbers (bigint beyond 2^53) and strings
 * become JavaScript's; lists arrays, dicts Maps, sets Sets, bytes Uint8Arrays, tuples `Tuple`. Nothing is run: names and
 * persistent ids mean what the host says. Time and memory are linear in the bytes read, within the host's limits.
 * @returns the value, and where the pickle ends
 * @throws WeightsError
 */
export function unpickle(host: PickleHost, bytes: Uint8Array, start = 0): { value: unknown; end: number } {
  const machine = new Machine(host, bytes, start);
  for (let count = 0; count < host.limits.maxInstructions; count++) {
    const code = machine.u8();
    if (code === STOP) return { value: machine.pop(), end: machine.position };
    const operation = operations[code];
    if (!operation) throw machine.damaged(`unknown instruction 0x${code.toString(16).padStart(2, '0')}`);
    operation(machine);
  }
  throw machine.exceeds(`more than ${host.limits.maxInstructions} instructions`, 'maxInstructions');
}
