import { Inert } from '../pickle/values.ts';
import type { Reading } from './limits.ts';

const MAX_DEPTH = 32;

/** Whether a value is a pickled `torch.nn.Module`: an object whose attributes hold parameters and inner modules. */
export function isModule(value: unknown): value is Inert & { readonly state: ReadonlyMap<unknown, unknown> } {
  if (!(value instanceof Inert) || !(value.state instanceof Map)) return false;
  return value.state.get('_parameters') instanceof Map && value.state.get('_modules') instanceof Map;
}

/**
 * The entries that `state_dict()` of a pickled module would have, read off its attributes: parameters and persistent
 * buffers under dotted names, in PyTorch's order. The code of the module is not run and not needed.
 * @throws WeightsError when the modules are nested or shared without end
 */
export function moduleState(reading: Reading, module: Inert): Map<string, unknown> {
  const entries = new Map<string, unknown>();
  let visits = 0;
  const visit = (value: unknown, prefix: string, depth: number): void => {
    if (!isModule(value)) return;
    if (++visits > reading.limits.maxTensors || depth > MAX_DEPTH) {
      throw reading.damaged('its modules contain each other without end');
    }
    const { state } = value;
    const transient = state.get('_non_persistent_buffers_set');
    for (const group of ['_parameters', '_buffers']) {
      for (const [name, tensor] of entriesOf(state.get(group))) {
        const isKept = tensor !== null && !(transient instanceof Set && transient.has(name));
        if (isKept) entries.set(`${prefix}${name}`, tensor);
      }
    }
    for (const [name, inner] of entriesOf(state.get('_modules')))
      visit(inner, `${prefix}${name}.`, depth + 1);
  };
  visit(module, '', 0);
  return entries;
}

function* entriesOf(value: unknown): Iterable<readonly [string, unknown]> {
  if (!(value instanceof Map)) return;
  for (const [name, entry] of value) if (typeof name === 'string') yield [name, entry];
}
