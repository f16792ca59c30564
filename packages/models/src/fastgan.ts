import { defineArchitecture } from '@medgan/plugin-api';
import { fastganDiscriminator } from './fastgan/discriminator.ts';
import { fastganGenerator, fastganGeneratorSizes, IMAGE_SIZES } from './fastgan/generator.ts';

/**
 * FastGAN for small sets of images: a generator with skip-layer excitations, and a discriminator that must also
 * reconstruct the real images it sees. Widths, blocks and excitations are those of the published networks
 * (https://github.com/odegeasslbc/FastGAN-pytorch) for 256 px, with fewer doublings below. What is different, and why:
 *
 * - No noise is injected into the generator: all randomness of a step is given as its inputs.
 * - The quarter of an image that is reconstructed depends on the image's place in the batch; it is not drawn.
 * - Reconstructions are compared by absolute difference. The published code compares features of a VGG network trained on
 *   photographs of everyday objects; the paper leaves the distance open.
 * - The discriminator's second branch sees the image at half its side; the published generator makes a second image
 *   for it.
 * - There is one logit per image, the mean over the 5×5 positions of both heads; the published loss is a hinge at each
 *   position, with margins drawn between 0.8 and 1.
 * - Weights are spectrally normalised where no batch norm follows. Before a batch norm it would change nothing: batch norm
 *   cancels any factor of the weights in the output, and Adam cancels it in the update.
 */
export default defineArchitecture({
  name: 'fastgan',
  aliases: ['FastGAN'],
  summary: 'Light GAN for small sets: skip-layer excitations, a discriminator that reconstructs its images',
  reference: 'Liu, Zhu, Song, Elgammal 2021, https://arxiv.org/abs/2101.04775',
  options: { type: 'object', additionalProperties: false, properties: {} },
  imageSizes: IMAGE_SIZES,
  defaultObjective: 'hinge',
  tiny: { imageSize: 64, channels: 1, latentSize: 2, generatorFeatures: 1, discriminatorFeatures: 1 },
  generator: (sizes, _options, parameters) => fastganGenerator(sizes, parameters),
  discriminator: (sizes, _options, parameters) => fastganDiscriminator(sizes, parameters),
  generatorSizes: fastganGeneratorSizes,
});
