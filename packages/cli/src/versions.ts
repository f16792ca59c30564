import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Versions that a run's numbers may depend on. */
export function versions(): Record<string, string> {
  const of = (name: string): string => (require(`${name}/package.json`) as { version: string }).version;
  return {
    medgan: of('@medgan/cli'),
    node: process.versions.node,
    'onnxruntime-node': of('onnxruntime-node'),
    '@tensorflow/tfjs-core': of('@tensorflow/tfjs-core'),
  };
}
