import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { defined } from '@medgan/files';

const require = createRequire(import.meta.url);

/** The commit that the repository stands at; undefined for an installed package. */
function commit(): string | undefined {
  const read = (path: string): string | undefined => {
    try {
      return readFileSync(new URL(`../../../../.git/${path}`, import.meta.url), 'utf8').trim();
    } catch {
      return undefined;
    }
  };
  const head = read('HEAD');
  const ref = head?.startsWith('ref: ') ? head.slice(5) : undefined;
  if (ref === undefined) return head;
  const packed = (): string | undefined =>
    read('packed-refs')
      ?.split('\n')
      .find((line) => line.endsWith(` ${ref}`))
      ?.split(' ')[0];
  return read(ref) ?? packed();
}

/** Versions that a run's numbers may depend on. */
export function versions(): Record<string, string> {
  const of = (name: string): string => (require(`${name}/package.json`) as { version: string }).version;
  const at = commit();
  return {
    medgan: of('@medgan/runs'),
    ...defined({ commit: at }),
    node: process.versions.node,
    'onnxruntime-node': of('onnxruntime-node'),
    '@tensorflow/tfjs-core': of('@tensorflow/tfjs-core'),
  };
}
