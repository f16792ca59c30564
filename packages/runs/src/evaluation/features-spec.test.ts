import { describe, expect, it } from 'vitest';
import { builtInPlugins } from '../plugins/plugins.ts';
import { chooseFeatures } from './features-spec.ts';

const optionsOf = (text: string): object => chooseFeatures(text, builtInPlugins()).options;

describe('features as a user writes them', () => {
  it('take options behind the file', () => {
    expect(
      optionsOf(
        'onnx:net.onnx,size=224,mean=0.5,std=0.229:0.224:0.225,layout=nhwc,filter=bicubic,output=pool',
      ),
    ).toEqual({
      file: 'net.onnx',
      size: 224,
      mean: 0.5,
      std: [0.229, 0.224, 0.225],
      layout: 'nhwc',
      filter: 'bicubic',
      output: 'pool',
    });
  });

  it('leave to the network what they do not name', () => {
    const options = optionsOf('onnx:C:\\nets\\a,b.onnx');
    expect(options).toMatchObject({ file: 'C:\\nets\\a,b.onnx' });
    expect(options).not.toHaveProperty('size');
    expect(options).not.toHaveProperty('layout');
  });

  it('are refused by the name of an option that does not exist, and of one that is wrong', () => {
    expect(() => optionsOf('onnx:net.onnx,sise=224')).toThrow('sise');
    expect(() => optionsOf('onnx:net.onnx,std=0')).toThrow('std');
  });
});
