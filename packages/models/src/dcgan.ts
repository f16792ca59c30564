import { spectralNorm } from '@medgan/layers';
import { defineArchitecture } from '@medgan/plugin-api';
import { IMAGE_SIZES, dcganDiscriminator, dcganGenerator, dcganGeneratorSizes } from './networks.ts';

/** Options of a DCGAN. */
export interface DcganOptions {
  readonly discriminator: 'plain' | 'spectral';
}

/**
 * DCGAN with the layers and the names of the original's networks; `discriminator: spectral` is what it used at 128 px.
 */
export default defineArchitecture<DcganOptions>({
  name: 'dcgan',
  aliases: ['DCGAN'],
  summary: 'Deep convolutional GAN: strided convolutions and batch norm',
  reference: 'Radford, Metz, Chintala 2016, https://arxiv.org/abs/1511.06434',
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      discriminator: {
        enum: ['plain', 'spectral'],
        default: 'plain',
        description:
          'spectral: normalise the discriminator as SNGAN does (the original MedImageGAN did at 128 px)',
      },
    },
  },
  imageSizes: IMAGE_SIZES,
  defaultObjective: 'bce',
  tiny: { imageSize: 64, channels: 1, latentSize: 2, generatorFeatures: 1, discriminatorFeatures: 1 },
  generator: (sizes, _options, parameters) => dcganGenerator(sizes, parameters),
  discriminator: (sizes, options, parameters) =>
    dcganDiscriminator(sizes, parameters, options.discriminator === 'spectral' ? spectralNorm : undefined),
  generatorSizes: dcganGeneratorSizes,
});
