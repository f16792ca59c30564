import { MedganError } from '@medgan/files';
import { parseOptions } from '@medgan/plugin-api';
import { ADAM_DEFAULTS, type GanSpec } from '@medgan/trainer';
import { builtInPlugins } from '../plugins/plugins.ts';

/** The networks of a benchmark. */
export interface BenchNetworks {
  readonly arch: string;
  /** Pixels per side. */
  readonly imageSize: number;
  /** Numbers per latent. */
  readonly latent: number;
  /** Feature maps of both networks. */
  readonly features: number;
  /** Undefined = the architecture's own. */
  readonly objective?: string | undefined;
}

/** The GAN that is measured, with the settings that a run has by default. */
export function benchSpec({ arch, imageSize, latent, features, objective: asked }: BenchNetworks): GanSpec {
  const plugins = builtInPlugins();
  const architecture = plugins.architectures.get(arch);
  const objective = plugins.objectives.get(asked ?? architecture.defaultObjective);
  if (!architecture.imageSizes.includes(imageSize)) {
    const sizes = architecture.imageSizes.join(', ');
    throw new MedganError(`image size ${imageSize} is not built by ${architecture.name} (${sizes})`, {
      cure: `choose one of ${sizes}: --image-size ${architecture.imageSizes[0]}`,
    });
  }
  const { learningRate, beta1 } = ADAM_DEFAULTS;
  return {
    architecture,
    architectureOptions: parseOptions<object>(architecture.name, architecture.options, {}),
    sizes: {
      imageSize,
      channels: 3,
      latentSize: latent,
      generatorFeatures: features,
      discriminatorFeatures: features,
    },
    objective,
    objectiveOptions: parseOptions<object>(objective.name, objective.options, {}),
    labels: { real: 1, fake: 0, generator: 1 },
    learningRate: { generator: learningRate, discriminator: learningRate },
    beta1,
  };
}
