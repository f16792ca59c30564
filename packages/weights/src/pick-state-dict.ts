import { plural } from '@medgan/files';
import { quote, WeightsError } from './errors.ts';
import type { TensorData } from './tensor-data.ts';

const MAX_SHOWN = 20;

/** The key of the outermost dict of a file. */
export const TOP = '.';

/** A dict with tensors under names, somewhere in a file, whose numbers are not read yet. */
export interface StateDict {
  /** The file inside a zip archive of several weight files. */
  readonly entry?: string;
  /** The keys of the dicts around it, joined by dots; `.` for the outermost. */
  readonly key: string;
  /** Whether it looks like a network: it has a tensor of rank 2 or more, and holds no network itself. */
  readonly isNetwork: boolean;
  /** By name, in the order of the dict. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /**
   * The tensors whose names begin with `prefix`, without it. Entries that are no tensors are left out.
   * @throws WeightsError when one of them is of a kind that is not read, or would be made by code
   */
  read(prefix: string): Map<string, TensorData>;
}

/** A state dict, or the part of one that belongs to one module of the network. */
export interface PickedDict {
  readonly dict: StateDict;
  /** Empty, or the name of the module and a dot. */
  readonly prefix: string;
}

/** What a file holds. */
export interface StateDicts {
  /** The file, for messages. */
  readonly who: string;
  readonly dicts: readonly StateDict[];
  /** Names of Python objects that were not built. */
  readonly passedOver: readonly string[];
}

/**
 * The state dicts that may be meant where nobody says which: the networks, or all of them where none looks like one. A
 * loss, fixed noise or the state of a random generator beside a network is no choice.
 */
export function candidatesOf(dicts: readonly StateDict[]): readonly StateDict[] {
  const networks = dicts.filter(({ isNetwork }) => isNetwork);
  return networks.length > 0 ? networks : dicts;
}

/**
 * The state dict that `key` names: the keys of the dicts around it joined by dots, `.` for the outermost, and behind
 * them, if only a part is wanted, the name of a module in it. Without a key the only one there is.
 * @throws WeightsError when there is none, or more than one and no key, listing the choices
 */
export function pickStateDict(content: StateDicts, key: string | undefined): PickedDict {
  const { who, dicts } = content;
  const candidates = candidatesOf(dicts);
  if (candidates.length === 0) throw nothingNamed(content);
  const fitting = key === undefined ? candidates.map((dict) => ({ dict, prefix: '' })) : byKey(dicts, key);
  if (fitting.length === 1) return fitting[0]!;
  if (fitting.length === 0) {
    throw new WeightsError(`${who}: has no state dict ${quote(key!)}`, { cure: choicesText(candidates) });
  }
  const entries = new Set(fitting.map(({ dict }) => dict.entry)).size;
  const what = entries > 1 ? `${entries} weight files` : `${fitting.length} state dicts`;
  throw new WeightsError(`${who}: holds ${what}`, { cure: choicesText(fitting.map(({ dict }) => dict)) });
}

function nothingNamed({ who, passedOver }: StateDicts): WeightsError {
  const beside = passedOver.length === 0 ? '' : `, only ${passedOver.slice(0, 5).map(quote).join(', ')}`;
  return new WeightsError(`${who}: holds no tensors under names${beside}`, {
    cure: 'save a state dict in Python: torch.save(model.state_dict(), path)',
  });
}

function byKey(dicts: readonly StateDict[], key: string): PickedDict[] {
  const whole = dicts.filter((dict) => dict.key === key);
  if (whole.length > 0) return whole.map((dict) => ({ dict, prefix: '' }));
  return dicts.flatMap((dict) => {
    const outer = dict.key === TOP ? '' : `${dict.key}.`;
    const prefix = `${key.slice(outer.length)}.`;
    const isInside = key.startsWith(outer) && [...dict.shapes.keys()].some((name) => name.startsWith(prefix));
    return isInside ? [{ dict, prefix }] : [];
  });
}

/** The cure that lists what can be chosen: files of an archive by name, state dicts by key. */
export function choicesText(dicts: readonly StateDict[]): string {
  const entries = new Set(dicts.map(({ entry }) => entry));
  if (entries.size > 1) {
    return `choose one by its name (--entry): ${listed([...entries].map((entry) => quote(entry!)))}`;
  }
  const count = ({ shapes: { size } }: StateDict): string => plural(size, 'tensor');
  return `choose one by its key (--key): ${listed(dicts.map((dict) => `${quote(dict.key)} (${count(dict)})`))}`;
}

function listed(choices: readonly string[]): string {
  const shown = choices.slice(0, MAX_SHOWN).join(', ');
  return choices.length > MAX_SHOWN ? `${shown}, …` : shown;
}
