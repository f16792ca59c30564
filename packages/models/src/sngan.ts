import { spectralNorm } from '@medgan/layers';
import { defineArchitecture } from '@medgan/plugin-api';
import { IMAGE_SIZES, dcganDiscriminator, dcganGenerator, dcganGeneratorSizes } from './networks.ts';

/** The DCGAN's networks, with every convolution of the discriminator spectrally normalised. */
export default defineArchitecture({
  name: 'sngan',
  aliases: ['SNGAN'],
  summary: 'DCGAN with a spectrally normalised discriminator',
  reference: 'Miyato, Kataoka, Koyama, Yoshida 2018, https://arxiv.org/abs/1802.05957',
  options: { type: 'object', additionalProperties: false, properties: {} },
  imageSizes: IMAGE_SIZES,
  defaultObjective: 'bce',
  tiny: { imageSize: 64, channels: 1, latentSize: 2, generatorFeatures: 1, discriminatorFeatures: 1 },
  generator: (sizes, _options, parameters) => dcganGenerator(sizes, parameters),
  discriminator: (sizes, _options, parameters) => dcganDiscriminator(sizes, parameters, spectralNorm),
  generatorSizes: dcganGeneratorSizes,
});
