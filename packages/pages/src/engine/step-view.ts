import type { InspectedState, InspectedTensor, StepInspection } from '@medgan/engine';
import type { Gan, RunConfig, Updates } from '@medgan/trainer';
import { passViews, type PassView } from './pass-view.ts';
import { placeOf } from './place-of.ts';

/** A tensor for people: `float32 [16, 3, 64, 64]`. */
export interface TensorView extends InspectedTensor {
  readonly name: string;
}

/** A variable that the step keeps between calls. */
export interface StateView extends TensorView {
  readonly network: 'generator' | 'discriminator' | undefined;
  /** Parameters are learned, statistics are kept beside them, the optimiser keeps moments. */
  readonly kind: 'parameter' | 'statistic' | 'optimiser';
  readonly isRead: boolean;
  readonly isWritten: boolean;
}

/** Operations of one TF.js kernel. */
interface KernelView {
  readonly kernel: string;
  readonly traced: number;
  readonly run: number;
  readonly multiplyAdds: number;
}

/** A part of the step, in the order they first appear. */
export interface PartView {
  readonly name: string;
  readonly nodes: number;
  readonly multiplyAdds: number;
  /** Values that it takes from other parts, by their names. */
  readonly from: Readonly<Record<string, number>>;
}

/** Where an operand comes from: `text` for people, `node` where another operation makes it. */
export interface OperandView extends InspectedTensor {
  readonly text: string;
  readonly node?: number;
}

/** One operation. */
export interface NodeView extends InspectedTensor {
  readonly index: number;
  readonly kernel: string;
  readonly operators: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: readonly OperandView[];
  readonly multiplyAdds: number;
  readonly part: string;
  /** Function, file and line that called TF.js. */
  readonly place: string | undefined;
}

/** A training step as it is shown: everything in it is JSON. */
export interface StepView {
  readonly step: {
    readonly architecture: string;
    readonly objective: string;
    readonly imageSize: number;
    readonly batchSize: number;
    /** Which networks it trains. */
    readonly update: keyof Updates;
  };
  readonly counts: {
    readonly traced: number;
    readonly run: number;
    readonly onnx: number;
    readonly multiplyAdds: number;
  };
  readonly parameters: { readonly generator: number; readonly discriminator: number };
  readonly passes: readonly PassView[];
  readonly kernels: readonly KernelView[];
  readonly operators: Readonly<Record<string, number>>;
  readonly parts: readonly PartView[];
  readonly inputs: readonly TensorView[];
  readonly outputs: readonly (TensorView & { readonly node: number | undefined })[];
  readonly state: readonly StateView[];
  readonly nodes: readonly NodeView[];
}

const ELSEWHERE = 'elsewhere';

const sum = (values: readonly number[]): number => values.reduce((total, n) => total + n, 0);

/** What the GAN's variables are, by the variable: their names alone are not unique. */
function stateNames(gan: Gan): Map<unknown, Pick<StateView, 'name' | 'network' | 'kind'>> {
  const names = new Map<unknown, Pick<StateView, 'name' | 'network' | 'kind'>>();
  for (const [network, store, optimizer] of [
    ['generator', gan.generatorParameters, gan.generatorOptimizer],
    ['discriminator', gan.discriminatorParameters, gan.discriminatorOptimizer],
  ] as const) {
    for (const { name, variable, trainable } of store.list()) {
      names.set(variable, { name, network, kind: trainable ? 'parameter' : 'statistic' });
    }
    for (const { name, variable } of optimizer.state) {
      names.set(variable, { name: `Adam, ${name}`, network, kind: 'optimiser' });
    }
  }
  return names;
}

/** What an inspection is shown in the terms of. */
interface ViewContext {
  readonly gan: Gan;
  readonly config: RunConfig;
  readonly update: keyof Updates;
  /** Paths are shown as seen from here. */
  readonly folder: string;
}

/** An inspection in the terms of the GAN. */
export function stepView(inspection: StepInspection, { gan, config, update, folder }: ViewContext): StepView {
  const names = stateNames(gan);
  const state = inspection.state.map(({ name, variable, ...rest }: InspectedState): StateView => {
    const known = names.get(variable) ?? { name, network: undefined, kind: 'statistic' as const };
    return { ...known, ...rest };
  });
  const nodes = inspection.nodes.map((node, index): NodeView => {
    const { kernel, operators, attributes, shape, dtype, multiplyAdds, scope, site } = node;
    return {
      index,
      kernel,
      operators,
      attributes,
      inputs: node.inputs.map((operand): OperandView => {
        const tensor = { shape: operand.shape, dtype: operand.dtype };
        switch (operand.from) {
          case 'node':
            return { ...tensor, text: `#${operand.index}`, node: operand.index };
          case 'input':
            return { ...tensor, text: inspection.inputs[operand.index]!.name };
          case 'state':
            return { ...tensor, text: stateText(state[operand.index]!) };
          case 'constant':
            return { ...tensor, text: operand.fill === undefined ? 'constant' : String(operand.fill) };
        }
      }),
      shape,
      dtype,
      multiplyAdds,
      part: scope ?? ELSEWHERE,
      place: site === undefined ? undefined : placeOf(site, folder),
    };
  });
  const trained = (network: StateView['network']): number =>
    sum(
      state
        .filter((held) => held.kind === 'parameter' && held.network === network)
        .map(({ shape }) => shape.reduce((product, n) => product * n, 1)),
    );
  return {
    step: {
      architecture: config.architecture.name,
      objective: config.objective.name,
      imageSize: config.sizes.imageSize,
      batchSize: config.batchSize,
      update,
    },
    counts: {
      traced: inspection.stages[0]!.nodes,
      run: nodes.length,
      onnx: sum(Object.values(inspection.operators)),
      multiplyAdds: sum(nodes.map((node) => node.multiplyAdds)),
    },
    parameters: { generator: trained('generator'), discriminator: trained('discriminator') },
    passes: passViews(inspection.stages),
    kernels: kernelViews(inspection, nodes),
    operators: inspection.operators,
    parts: partViews(nodes),
    inputs: inspection.inputs,
    outputs: inspection.outputs,
    state,
    nodes,
  };
}

/** A variable by its full name. */
export const stateText = ({ name, network }: StateView): string =>
  network === undefined ? name : `${network} ${name}`;

function kernelViews({ stages }: StepInspection, nodes: readonly NodeView[]): KernelView[] {
  const [traced, run] = [stages[0]!.kernels, stages.at(-1)!.kernels];
  return [...new Set([...Object.keys(run), ...Object.keys(traced)])]
    .map((kernel) => ({
      kernel,
      traced: traced[kernel] ?? 0,
      run: run[kernel] ?? 0,
      multiplyAdds: sum(nodes.filter((node) => node.kernel === kernel).map((node) => node.multiplyAdds)),
    }))
    .sort((a, b) => b.multiplyAdds - a.multiplyAdds || b.run - a.run || b.traced - a.traced);
}

function partViews(nodes: readonly NodeView[]): PartView[] {
  return [...new Set(nodes.map(({ part }) => part))].map((name) => {
    const own = nodes.filter(({ part }) => part === name);
    const from: Record<string, number> = {};
    const taken = new Set(own.flatMap(({ inputs }) => inputs.flatMap(({ node }) => node ?? [])));
    for (const index of taken) {
      const { part } = nodes[index]!;
      if (part !== name) from[part] = (from[part] ?? 0) + 1;
    }
    return { name, nodes: own.length, multiplyAdds: sum(own.map((node) => node.multiplyAdds)), from };
  });
}
