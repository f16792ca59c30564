import { describe, expect, it } from 'vitest';
import { Registry, defineFeatures, validateOptions, type Features } from '@medgan/plugin-api';
import { CONTROL_SCHEMA, type ControlFile } from '../control/control-schema.ts';
import { builtInPlugins } from '../plugins/plugins.ts';
import { resolveControl } from '../control/resolve-control.ts';
import { chooseFeatures } from './features-spec.ts';
import { chooseFigure } from './figure.ts';

const plugins = builtInPlugins();

describe('chooseFigure', () => {
  it.each([
    ['haarpsi', 'haarpsi', 'higher'],
    ['ms_ssim', 'ms-ssim', 'higher'],
    ['mdsi', 'mdsi', 'lower'],
    ['kid@random-conv', 'kid@random-conv', 'lower'],
    ['frechet@pixels-pca', 'frechet@pixels-pca', 'lower'],
    ['coverage@random-conv', 'coverage@random-conv', 'higher'],
    ['kid@onnx:net.onnx', 'kid@onnx:net.onnx', 'lower'],
  ])('%s is %s, of which %s is better', (text, name, direction) => {
    expect(chooseFigure(text, plugins)).toMatchObject({ name, direction });
  });

  it('names what is known where there is no such figure', () => {
    expect(() => chooseFigure('harpsi', plugins)).toThrow(
      expect.objectContaining({ cure: 'did you mean "haarpsi"?' }),
    );
    expect(() => chooseFigure('fid@random-conv', plugins)).toThrow(
      'no set metric gives "fid"; known: frechet, kid, precision, recall, density, coverage',
    );
    expect(() => chooseFigure('kid@inception', plugins)).toThrow(
      'no feature extractor is called "inception"',
    );
  });
});

describe('chooseFeatures', () => {
  it('takes what stands behind a colon where the plugin wants it, and only there', () => {
    expect(chooseFeatures('onnx:a:b.onnx', plugins).options).toMatchObject({ file: 'a:b.onnx' });
    expect(chooseFeatures('random-conv', plugins).options).toMatchObject({ seed: 1 });
    expect(() => chooseFeatures('onnx', plugins)).toThrow(
      expect.objectContaining({ message: 'features onnx lack their file', cure: 'write onnx:<file>' }),
    );
    expect(() => chooseFeatures('random-conv:7', plugins)).toThrow('take nothing behind a colon');
  });

  it('takes a number behind the colon where the option is one, and the default where nothing is', () => {
    const features = new Registry<Features>('feature extractor', [
      defineFeatures({
        ...plugins.features.get('random-conv'),
        name: 'patterns',
        argument: 'radius',
        options: {
          type: 'object',
          additionalProperties: false,
          properties: { radius: { type: 'integer', minimum: 1, default: 1 } },
        },
      }),
    ]);
    const options = (text: string): object => chooseFeatures(text, { features }).options;
    expect(options('patterns')).toEqual({ radius: 1 });
    expect(options('patterns:3')).toEqual({ radius: 3 });
    expect(() => options('patterns:wide')).toThrow('features patterns: radius: must be integer');
  });
});

describe('evaluate_every and best_metric in a control file', () => {
  const resolve = (changes: object): ReturnType<typeof resolveControl> =>
    resolveControl(
      validateOptions<ControlFile>(CONTROL_SCHEMA, { arch: 'DCGAN', ...changes }).value,
      plugins,
    );

  it('leave a run as it was when they are absent', () => {
    const { config, figure } = resolve({}).run!;
    expect(figure).toBeUndefined();
    expect(config).not.toHaveProperty('bestMetric');
    expect(config.cadence).not.toHaveProperty('evaluateEvery');
  });

  it('choose by the kernel distance unless another is named', () => {
    const { config, figure } = resolve({ evaluate_every: 50 }).run!;
    expect(config).toMatchObject({ bestMetric: 'kid@random-conv', cadence: { evaluateEvery: 50 } });
    expect(figure).toMatchObject({ kind: 'set', direction: 'lower' });
    const { run } = resolve({ evaluate_every: 50, best_metric: 'haarpsi' });
    expect(run!.figure).toMatchObject({ kind: 'pair', direction: 'higher' });
  });

  it.each([
    [{ best_metric: 'mdsi' }, 'the run is never evaluated'],
    [{ best_metric: 'nonsense', evaluate_every: 5 }, 'no pair metric is called "nonsense"'],
    [{ best_metric: 'ms-ssim', evaluate_every: 5 }, 'need 161 pixels per side, not 64×64'],
    [{ evaluate_every: 5, sample_count: 3 }, 'kid@random-conv: needs 4 images of each kind'],
  ])('are refused as %o', (changes, message) => {
    const { run, faults } = resolve(changes);
    expect(run).toBeUndefined();
    expect(faults).toEqual([expect.objectContaining({ path: ['best_metric'] })]);
    expect(faults[0]!.message).toContain(message);
  });
});
