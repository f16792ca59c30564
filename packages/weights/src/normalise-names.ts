import { quote, WeightsError } from './errors.ts';

/** What PyTorch puts before every name when a model is wrapped: DataParallel and torch.compile. */
const wrappers = ['module.', '_orig_mod.'];

/** `<layer>.parametrizations.<parameter>.<rest>`, as torch.nn.utils.parametrizations names what it keeps. */
const parametrised = /^(.*\.)?parametrizations\.([^.]+)\.(original|0\._u|0\._v)$/;
const suffixes: Readonly<Record<string, string>> = { original: '_orig', '0._u': '_u', '0._v': '_v' };

/**
 * The plain names of a state dict's tensors, in their order: without `module.` and `_orig_mod.`, where all names have
 * it, and with spectral norm under its classic names (`weight_orig`, `weight_u`, `weight_v`) instead of the newer
 * `parametrizations.weight.original`, `.0._u` and `.0._v`. Other parametrisations keep their names.
 * @throws WeightsError when two tensors would get one name
 */
export function normaliseNames<T>(tensors: ReadonlyMap<string, T>): Map<string, T> {
  const plain = withoutWrappers(tensors);
  const result = new Map<string, T>();
  for (const [name, tensor] of plain) {
    const normal = classicName(name, plain);
    if (result.has(normal)) {
      throw new WeightsError(`two tensors are called ${quote(normal)}`, {
        cure: 'the state dict has both the classic and the newer spectral-norm names; save it again',
      });
    }
    result.set(normal, tensor);
  }
  return result;
}

function withoutWrappers<T>(tensors: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  let names = [...tensors.keys()];
  if (names.length === 0) return tensors;
  for (let prefix = commonWrapper(names); prefix !== undefined; prefix = commonWrapper(names)) {
    const { length } = prefix;
    names = names.map((name) => name.slice(length));
  }
  return new Map([...tensors.values()].map((tensor, index) => [names[index]!, tensor]));
}

function commonWrapper(names: readonly string[]): string | undefined {
  return wrappers.find((wrapper) =>
    names.every((name) => name.startsWith(wrapper) && name.length > wrapper.length),
  );
}

function classicName(name: string, all: ReadonlyMap<string, unknown>): string {
  const [, layer = '', parameter, part] = parametrised.exec(name) ?? [];
  if (parameter === undefined || part === undefined) return name;
  const isSpectralNorm = Object.keys(suffixes).every((each) => {
    return all.has(`${layer}parametrizations.${parameter}.${each}`);
  });
  return isSpectralNorm ? `${layer}${parameter}${suffixes[part]!}` : name;
}
