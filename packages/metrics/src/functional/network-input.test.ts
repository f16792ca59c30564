import { describe, expect, it } from 'vitest';
import { inputData, networkInput, type NetworkInput } from './network-input.ts';

const metadata = (shape: readonly (number | string)[], type = 'float32') =>
  ({ name: 'x', isTensor: true, type, shape }) as Parameters<typeof networkInput>[0];

describe('networkInput', () => {
  it.each([
    [['n', 3, 224, 224], 'float32', { layout: 'nchw', height: 224, width: 224, batch: undefined }],
    [[1, 3, 299, 299], 'float32', { layout: 'nchw', height: 299, batch: 1 }],
    [['n', 96, 128, 3], 'uint8', { layout: 'nhwc', height: 96, width: 128, type: 'uint8' }],
    [['n', 3, 'h', 'w'], 'float16', { layout: 'nchw', height: 299, width: 299, type: 'float16' }],
  ])('reads %j %s', (shape, type, expected) => {
    expect(networkInput(metadata(shape, type), {})).toMatchObject(expected);
  });

  it('takes what is asked for where the network leaves it open', () => {
    expect(networkInput(metadata(['n', 3, 'h', 'w']), { height: 64, width: 80 })).toMatchObject({
      height: 64,
      width: 80,
    });
  });

  it.each([
    [['n', 3, 224, 224], 'float32', { height: 299 }, 'its input has height 224, not 299'],
    [
      ['n', 1, 28, 28],
      'float32',
      {},
      'its input x has shape [n, 1, 28, 28], which is not RGB in layout nchw',
    ],
    [
      ['n', 2048],
      'float32',
      {},
      'its input x has shape [n, 2048], not four axes: images, channels, height, width',
    ],
    [['n', 3, 8, 8], 'int64', {}, 'its input x takes int64, not float32, float16 or uint8'],
  ])('refuses %j %s', (shape, type, asked, reason) => {
    expect(networkInput(metadata(shape, type), asked)).toBe(reason);
  });
});

it('fills a fixed batch with the last image, and gives bytes as they are', () => {
  const images = { count: 1, height: 1, width: 2, channels: 1, values: Float32Array.of(0, 1) };
  const input: NetworkInput = { name: 'x', layout: 'nchw', height: 1, width: 2, type: 'float32', batch: 2 };
  const half = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
  expect([...inputData(images, input, half)]).toEqual([-1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1]);
  const bytes = inputData(images, { ...input, type: 'uint8', layout: 'nhwc', batch: undefined }, half);
  expect(bytes).toEqual(Uint8Array.of(0, 0, 0, 255, 255, 255));
});
