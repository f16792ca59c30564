import {
  parseOptions,
  shapeScope,
  type Architecture,
  type LayerInfo,
  type NetworkSizes,
  type ParameterShape,
} from '@medgan/plugin-api';
import { builtInPlugins } from '@medgan/runs';

/** Sizes the original trains at, at every image size the architecture has. */
const FULL = { channels: 3, latentSize: 100, generatorFeatures: 64, discriminatorFeatures: 64 } as const;

interface NetworkFacts {
  readonly parameters: number;
  readonly layers: readonly LayerInfo[];
}

/** Describes both networks without building them. */
function facts(
  architecture: Architecture,
  sizes: NetworkSizes,
): { generator: NetworkFacts; discriminator: NetworkFacts } {
  const options = parseOptions<object>(architecture.name, architecture.options, {});
  const describe = (kind: 'generator' | 'discriminator'): NetworkFacts => {
    const shapes: ParameterShape[] = [];
    const { layers } = architecture[kind](sizes, options, shapeScope(shapes));
    const parameters = shapes
      .filter((p) => p.trainable)
      .reduce((sum, p) => sum + p.shape.reduce((n, d) => n * d, 1), 0);
    return { parameters, layers };
  };
  return { generator: describe('generator'), discriminator: describe('discriminator') };
}

const millions = (n: number): string => `${(n / 1e6).toFixed(2)} M`;

function table(layers: readonly LayerInfo[]): string {
  const rows = layers.map((l) => [l.name, l.kind, l.output.join('×'), l.parameters.toLocaleString('en')]);
  const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map(
      (row) =>
        `    ${row.map((cell, i) => (i === 3 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ')}`,
    )
    .join('\n');
}

/** `medgan models`: every architecture, its sizes, its parameters and its layers. */
export function modelsCommand(name: string | undefined, options: { json: boolean }): number {
  const { architectures } = builtInPlugins();
  const chosen = name === undefined ? architectures.list() : [architectures.get(name)];
  const listed = chosen.map((architecture) => ({
    name: architecture.name,
    summary: architecture.summary,
    reference: architecture.reference,
    sizes: architecture.imageSizes.map((imageSize) => {
      const sizes = { ...FULL, imageSize };
      return { ...sizes, ...facts(architecture, sizes) };
    }),
  }));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(listed, undefined, 2)}\n`);
    return 0;
  }
  for (const { name: title, summary, reference, sizes } of listed) {
    process.stdout.write(`${title}: ${summary}\n  ${reference}\n`);
    for (const { imageSize, generator, discriminator } of sizes) {
      process.stdout.write(
        `\n  ${imageSize} px, latent 100, 64 feature maps: generator ${millions(generator.parameters)}, ` +
          `discriminator ${millions(discriminator.parameters)} parameters\n` +
          `  generator\n${table(generator.layers)}\n  discriminator\n${table(discriminator.layers)}\n`,
      );
    }
    process.stdout.write('\n');
  }
  return 0;
}
