import { InvalidArgumentError, Option } from 'commander';
import { ENGINE_NAMES, PRECISIONS } from '@medgan/engine/names';

export const integer = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('must be a whole number from 1 on');
  return value;
};

export const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('must be a number above 0');
  return value;
};

export const fromZero = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError('must be a whole number from 0 on');
  return value;
};

export const fromTwo = (text: string): number => {
  const value = integer(text);
  if (value < 2) throw new InvalidArgumentError('must be 2 or more');
  return value;
};

export const range = (text: string): readonly [number, number] => {
  const [low = NaN, high = NaN, ...rest] = text.split(':').map((part) => (part === '' ? NaN : Number(part)));
  if (rest.length > 0 || !(low < high)) throw new InvalidArgumentError('must be two numbers, such as 0:4095');
  return [low, high];
};

export const collect = (value: string, former: readonly string[]): string[] => [...former, value];

export const setOption = (): Option =>
  new Option('--set <key=value>', 'replace a key of the control file; repeatable')
    .argParser(collect)
    .default([]);

export const extendOption = (): Option =>
  new Option('--extend <key=value>', 'train longer: num_epochs=300 or max_steps=9000')
    .argParser(collect)
    .default([]);

export const dataOption = (): Option =>
  new Option('--data <folder>', 'where the images of the run lie now, if they have moved');

export const featuresOption = (): Option =>
  new Option(
    '--features <name>',
    'pixels-pca, random-conv or onnx:<file>; repeatable (default: the first two)',
  )
    .argParser(collect)
    .default([]);

export const pluginOption = (): Option =>
  new Option('--plugin <source>', 'a file, or the name of an installed package, with plugins; repeatable')
    .argParser(collect)
    .default([]);

export const keyOption = (): Option =>
  new Option('--key <name>', 'which state dict of a PyTorch checkpoint with several, or which module of one');

export const entryOption = (): Option => new Option('--entry <name>', 'which file of a .zip with several');

export const allowNanOption = (): Option =>
  new Option('--allow-nan', 'go on where weights or images are NaN or infinite').default(false);

export const weightsOption = (): Option =>
  new Option(
    '--weights <name>',
    'of a run with ema: the weights as trained or their average (default: ema where there is one)',
  ).choices(['raw', 'ema']);

export const engineOption = (): Option =>
  new Option('--engine <name>', 'what computes (default: native where it is built, else onnx)').choices(
    ENGINE_NAMES.filter((name) => name !== 'eager'),
  );

export const precisionOption = (): Option =>
  new Option('--precision <name>', 'how the engine native computes convolutions (default: default)').choices(
    PRECISIONS,
  );
