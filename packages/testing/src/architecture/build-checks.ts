import assert from 'node:assert/strict';
import {
  shapeScope,
  type Discriminator,
  type Generator,
  type NetworkSizes,
  type ParameterShape,
} from '@medgan/plugin-api';
import type { Check } from '../check.ts';
import type { ArchitectureSubject } from './tiny-gan.ts';

const PYTORCH_NAME = /^\w+(\.\w+)*$/;
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** A network whose parameters were listed, but not made. */
interface Described {
  readonly network: Generator | Discriminator;
  readonly shapes: readonly ParameterShape[];
}

function described(
  { architecture, options }: ArchitectureSubject,
  network: 'generator' | 'discriminator',
  sizes: NetworkSizes,
): Described {
  const shapes: ParameterShape[] = [];
  return { network: architecture[network](sizes, options, shapeScope(shapes)), shapes };
}

/** Every network of every declared size in one and three channels, with a title for messages. */
function* everyNetwork(
  subject: ArchitectureSubject,
): IterableIterator<Described & { title: string; sizes: NetworkSizes }> {
  const { architecture } = subject;
  for (const imageSize of architecture.imageSizes) {
    for (const channels of [1, 3]) {
      const sizes = { ...architecture.tiny, imageSize, channels };
      for (const network of ['generator', 'discriminator'] as const) {
        const title = `${network} at ${imageSize} px, ${channels} channels`;
        yield { title, sizes, ...described(subject, network, sizes) };
      }
    }
  }
}

/** Rules about the structure of the networks, checked without allocating parameters. */
export const buildChecks: readonly Check<ArchitectureSubject>[] = [
  {
    name: 'declares its image sizes in rising order, the tiny one among them, and a default objective',
    run({ architecture }) {
      const { imageSizes, tiny, defaultObjective } = architecture;
      const rising = [...new Set(imageSizes)].sort((a, b) => a - b);
      assert.ok(imageSizes.length > 0, 'no image size is declared');
      assert.deepEqual([...imageSizes], rising);
      assert.ok(imageSizes.includes(tiny.imageSize), `tiny.imageSize ${tiny.imageSize} is not declared`);
      assert.match(defaultObjective, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    },
  },
  {
    name: 'has training defaults that a control file accepts, if any',
    run({ architecture: { training = {} } }) {
      const { learningRate = 0.1, beta1 = 0, beta2 = 0.5, discriminatorSteps = 1 } = training;
      assert.ok(learningRate > 0 && learningRate < 1, `training.learningRate is ${learningRate}`);
      assert.ok(beta1 >= 0 && beta1 < 1, `training.beta1 is ${beta1}`);
      assert.ok(beta2 > 0 && beta2 < 1, `training.beta2 is ${beta2}`);
      assert.ok(
        Number.isSafeInteger(discriminatorSteps) && discriminatorSteps >= 1,
        `training.discriminatorSteps is ${discriminatorSteps}`,
      );
    },
  },
  {
    name: 'builds at every declared size with parameter names of its own, such as PyTorch’s',
    run(subject) {
      for (const { title, shapes } of everyNetwork(subject)) {
        const names = shapes.map(({ name }) => name);
        assert.ok(names.length > 0, `${title}: no parameters`);
        for (const name of names) {
          assert.match(name, PYTORCH_NAME, `${title}: ${JSON.stringify(name)} is no dotted name`);
        }
        const twice = names.find((name, i) => names.indexOf(name) !== i);
        assert.equal(twice, undefined, `${title}: the parameter ${twice} is made twice`);
      }
    },
  },
  {
    name: 'has a layer table that counts every trainable number once and ends in the output',
    run(subject) {
      for (const { title, sizes, network, shapes } of everyNetwork(subject)) {
        const trained = shapes.filter(({ trainable }) => trainable);
        const counted = network.layers.reduce((sum, layer) => sum + layer.parameters, 0);
        const made = trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
        assert.equal(counted, made, `${title}: the table counts ${counted} parameters, ${made} are made`);
        const last = network.layers.at(-1)!;
        const output = title.startsWith('generator')
          ? [sizes.imageSize, sizes.imageSize, sizes.channels]
          : [1];
        assert.equal(
          sizeOf(last.output),
          sizeOf(output),
          `${title}: the last layer gives [${last.output.join(', ')}]`,
        );
      }
    },
  },
];
