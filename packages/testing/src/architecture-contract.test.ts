import { describe, expect, it } from 'vitest';
import { toyGan, type ArchitectureFault } from '../test/toy-gan.ts';
import { architectureChecks, architectureContract, brokenRules } from './index.ts';

architectureContract(toyGan());

/** What must be found, by the beginning of the rule's name and of the reason. */
const FOUND: Record<ArchitectureFault, [rule: string, reason: RegExp]> = {
  name: ['has a kebab-case name', /no kebab-case name/],
  summary: ['says in one line', /summary is not one line/],
  options: ['has options', /an unknown option is let through/],
  'tiny size undeclared': ['declares its image sizes', /tiny\.imageSize 4 is not declared/],
  'training defaults': ['has training defaults', /training\.discriminatorSteps is 0/],
  'parameter twice': ['builds at every declared size', /linear\.weight is made twice/],
  'miscounted layer': ['has a layer table', /the table counts 49 parameters, 48 are made/],
  'no tanh': ['gives images', /not within \[−1, 1\]/],
  'logits [N, 1]': ['gives images', /training/],
  'latents ignored': ['depends on its input', /two latents give one image/],
  'unused parameter': ['gives every trainable parameter', /generator\/linear\.bias has no gradient/],
  'NaN on one image': ['trains on a last batch of one', /value 0 is NaN/],
  'batch statistics in evaluation': ['judges each sample by itself', /beside another/],
  'state moves in evaluation': ['changes no state', /evaluation mode changed state/],
  'state never moves': ['keeps its running state', /num_batches_tracked did not count/],
  'state outside': ['is its state', /other images in evaluation mode/],
  'seed ignored': ['starts from its seed', /the generator starts from the same values whatever the seed/],
  'differs by backend': ['computes the same compiled and eagerly', /logits, trained: off by/],
  'slope is a constant': ['has a discriminator that can be differentiated twice', /Cannot find a connection/],
  'other logits on real images': ['judges real images by judgeReal', /logits of judgeReal and apply/],
  'a loss a sample': ['judges real images by judgeReal', /has the shape \[3\]/],
  'real images counted twice': ['moves its state by judgeReal', /running_mean after judgeReal/],
};

describe('the architecture contract', () => {
  it.each(Object.entries(FOUND))('finds: %s', async (fault, [rule, reason]) => {
    const rules = architectureChecks.filter(({ name }) => name.startsWith(rule));
    const architecture = toyGan(fault as ArchitectureFault);
    expect(await brokenRules(rules, { architecture, options: {} })).toEqual([
      { name: rules[0]!.name, reason: expect.stringMatching(reason) },
    ]);
  });
});
