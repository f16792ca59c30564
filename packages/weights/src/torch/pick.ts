import { quote, WeightsError } from '../errors.ts';
import { kindOf } from '../pickle/values.ts';
import type { Reading } from './limits.ts';
import { TorchTensor } from './tensor.ts';

const MAX_DEPTH = 4;
const MAX_CANDIDATES = 1000;
const MAX_SHOWN = 20;

/** How the outermost dict is asked for. */
const TOP = '.';

type StateDict = ReadonlyMap<unknown, unknown>;

/**
 * Finds the state dict in what a file holds: a dict with tensors under names, at the top or inside other dicts. One is
 * taken without asking; among several, `key` chooses by the path of dict keys, joined by dots (`.` is the top).
 * @throws WeightsError when there is none, or more than one and no key, listing the choices
 */
export function pickStateDict(
  reading: Reading,
  value: unknown,
  key: string | undefined,
): Map<string, TorchTensor> {
  if (!(value instanceof Map)) {
    const what = value instanceof TorchTensor ? 'a single tensor' : kindOf(value);
    throw new WeightsError(`${reading.who}: holds ${what}, no state dict`, {
      cure: 'save one in Python: torch.save(model.state_dict(), path)',
    });
  }
  const candidates = new Map<string, StateDict>();
  collect(value, [], { candidates, seen: new Set() });
  const choices = [...candidates.keys()].slice(0, MAX_SHOWN).map(quote).join(', ');
  if (candidates.size === 0) {
    throw new WeightsError(`${reading.who}: holds no tensors under names`, {
      cure: 'save a state dict in Python: torch.save(model.state_dict(), path)',
    });
  }
  if (key !== undefined) {
    const chosen = candidates.get(key);
    if (chosen) return tensorsOf(chosen);
    throw new WeightsError(`${reading.who}: has no state dict ${quote(key)}`, {
      cure: `choose one of ${choices}`,
    });
  }
  if (candidates.size > 1) {
    throw new WeightsError(`${reading.who}: holds ${candidates.size} state dicts`, {
      cure: `choose one of ${choices}`,
    });
  }
  return tensorsOf([...candidates.values()][0]!);
}

interface Search {
  readonly candidates: Map<string, StateDict>;
  /** Dicts may be shared and may contain themselves. */
  readonly seen: Set<StateDict>;
}

function collect(dict: StateDict, path: readonly string[], search: Search): void {
  if (search.seen.has(dict) || search.candidates.size >= MAX_CANDIDATES) return;
  search.seen.add(dict);
  let hasTensors = false;
  for (const [key, value] of dict) hasTensors ||= typeof key === 'string' && value instanceof TorchTensor;
  if (hasTensors) search.candidates.set(path.length === 0 ? TOP : path.join('.'), dict);
  if (path.length >= MAX_DEPTH) return;
  for (const [key, value] of dict) {
    // Optimisers keep their moments under numbers; those are no state dicts of networks.
    if (typeof key === 'string' && value instanceof Map) collect(value, [...path, key], search);
  }
}

function tensorsOf(dict: StateDict): Map<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>();
  for (const [key, value] of dict) {
    if (typeof key === 'string' && value instanceof TorchTensor) tensors.set(key, value);
  }
  return tensors;
}
