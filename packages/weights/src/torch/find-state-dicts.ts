import { quote, WeightsError } from '../errors.ts';
import { GlobalRef, Inert, kindOf, Tuple } from '../pickle/values.ts';
import { TOP } from '../pick-state-dict.ts';
import { StorageValue } from './globals.ts';
import type { Reading } from './limits.ts';
import { isModule, moduleState } from './module-state.ts';
import { TorchTensor, UnreadTensor } from './tensor.ts';

const MAX_DEPTH = 4;
const MAX_FOUND = 1000;

/** A dict with tensors under names, somewhere in a file. */
export interface FoundDict {
  /** The keys of the dicts around it, joined by dots. */
  readonly key: string;
  /** Whether it looks like a network: it has a tensor of rank 2 or more, and holds no network itself. */
  readonly isNetwork: boolean;
  readonly tensors: ReadonlyMap<string, TorchTensor | UnreadTensor>;
  /** Entries that Python code would make from tensors: the name of the entry, and that of the code. */
  readonly madeByCode: ReadonlyMap<string, string>;
}

/** What a file holds: dicts of tensors, and the names of Python objects that were passed over. */
export interface Found {
  readonly dicts: readonly FoundDict[];
  readonly passedOver: readonly string[];
}

/**
 * Finds every dict with tensors under names: at the top, inside other dicts, or as a whole pickled module.
 * @throws WeightsError when the file holds something else than dicts and modules
 */
export function findStateDicts(reading: Reading, value: unknown): Found {
  if (!(value instanceof Map) && !(value instanceof Inert)) throw noStateDict(reading, value);
  const search: Search = { reading, found: [], seen: new Set(), passedOver: new Set(), hangs: new Map() };
  visit(search, value, []);
  if (search.found.length === 0 && value instanceof Inert) throw noStateDict(reading, value);
  return { dicts: search.found, passedOver: [...search.passedOver] };
}

function noStateDict(reading: Reading, value: unknown): WeightsError {
  if (value instanceof Inert || value instanceof GlobalRef) return refusal(reading, kindOf(value), '');
  const what = value instanceof TorchTensor ? 'a single tensor' : kindOf(value);
  return new WeightsError(`${reading.who}: holds ${what}, no state dict`, {
    cure: 'save one in Python: torch.save(model.state_dict(), path)',
  });
}

/** The refusal of what hangs on code that is not run. */
export function refusal(reading: Reading, name: string, what: string): WeightsError {
  return new WeightsError(
    `${reading.who}: refuses to run ${quote(name).slice(1, -1)}${what}, which its pickle asks for`,
    {
      cure:
        'only tensors and plain containers are read, and nothing was run; ' +
        'if you trust the file, load it in Python and save the weights alone: torch.save(model.state_dict(), path)',
    },
  );
}

interface Search {
  readonly reading: Reading;
  readonly found: FoundDict[];
  /** Dicts may be shared and may contain themselves. */
  readonly seen: Set<unknown>;
  readonly passedOver: Set<string>;
  /** Which values of the pickle hang on tensors, as far as that is known: each is looked at once. */
  readonly hangs: Map<unknown, boolean>;
}

/** Returns whether a network is at `value` or inside it. */
function visit(search: Search, value: unknown, path: readonly string[]): boolean {
  if (search.seen.has(value) || search.found.length >= MAX_FOUND) return false;
  search.seen.add(value);
  if (isModule(value)) return add(search, moduleState(search.reading, value), { path, holdsNetwork: false });
  if (value instanceof Inert) note(search, value);
  const dict = value instanceof Inert ? itemsOf(value) : value;
  if (!(dict instanceof Map) || isOptimizer(dict)) return false;
  const named = new Map<string, unknown>();
  for (const [key, entry] of dict) if (typeof key === 'string') named.set(key, entry);
  // Where it stands in the list decides nothing but the order in messages: outer dicts come first.
  const place = search.found.length;
  let holdsNetwork = false;
  for (const [key, entry] of named) {
    const isInside = path.length < MAX_DEPTH && (entry instanceof Map || entry instanceof Inert);
    if (isInside && visit(search, entry, [...path, key])) holdsNetwork = true;
    else if (entry instanceof Inert) note(search, entry);
  }
  return add(search, named, { path, holdsNetwork, place }) || holdsNetwork;
}

function add(
  search: Search,
  entries: ReadonlyMap<string, unknown>,
  { path, holdsNetwork, place }: { path: readonly string[]; holdsNetwork: boolean; place?: number },
): boolean {
  const tensors = new Map<string, TorchTensor | UnreadTensor>();
  const madeByCode = new Map<string, string>();
  for (const [name, entry] of entries) {
    if (isTensor(entry)) tensors.set(name, entry);
    else if (entry instanceof Inert && !isModule(entry) && hangsOnTensor(search, entry))
      madeByCode.set(name, entry.kind);
  }
  if (tensors.size + madeByCode.size === 0) return false;
  const isNetwork = !holdsNetwork && [...tensors.values()].some(({ shape }) => shape.length >= 2);
  const key = path.length === 0 ? TOP : path.join('.');
  search.found.splice(place ?? search.found.length, 0, { key, isNetwork, tensors, madeByCode });
  return isNetwork;
}

/** What an object holds under names: items of a subclass of dict, or attributes. */
const itemsOf = ({ items, state }: Inert): unknown => (items.size > 0 ? items : state);

function note({ passedOver }: Search, value: Inert): void {
  passedOver.add(value.kind);
}

/** PyTorch's optimisers keep moments in `state`, and settings in `param_groups`. */
const isOptimizer = (dict: ReadonlyMap<unknown, unknown>): boolean =>
  dict.has('state') && dict.has('param_groups');

function isTensor(value: unknown): value is TorchTensor | UnreadTensor {
  return value instanceof TorchTensor || value instanceof UnreadTensor;
}

/** Whether an inert object was made from tensors: then it may be a weight itself. */
function hangsOnTensor(search: Search, value: unknown, depth = 0): boolean {
  if (isTensor(value) || value instanceof StorageValue) return true;
  const known = search.hangs.get(value);
  if (known !== undefined || depth > MAX_DEPTH) return known ?? false;
  search.hangs.set(value, false);
  const inner =
    value instanceof Inert
      ? [...value.args, value.state]
      : value instanceof Tuple
        ? value.items
        : value instanceof Map
          ? [...value.values()]
          : [];
  const hangs = inner.some((each) => hangsOnTensor(search, each, depth + 1));
  if (hangs) search.hangs.set(value, true);
  return hangs;
}
