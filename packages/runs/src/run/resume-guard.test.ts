import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ControlFile } from '../control/control-schema.ts';
import type { EngineName } from '@medgan/engine';
import { guardResume } from './resume-guard.ts';
import type { RunRecord } from './run-record.ts';

const RECORD: RunRecord = {
  control: { arch: 'dcgan' } as ControlFile,
  resolved: {
    architecture: { name: 'dcgan', options: {} },
    objective: { name: 'bce', options: {} },
    sizes: { imageSize: 64, channels: 3, latentSize: 100, generatorFeatures: 64, discriminatorFeatures: 64 },
    labels: { real: 0.9, fake: 0, generator: 1 },
    learningRate: { generator: 0.0002, discriminator: 0.0002 },
    beta1: 0.5,
    batchSize: 16,
    epochs: 200,
    maxSteps: 3000,
    sampleCount: 64,
    seed: 0,
    ema: 0.999,
    discriminatorSteps: 1,
    augment: [{ name: 'horizontal-flip', options: { probability: 0.5 } }],
    cadence: { logEvery: 10, sampleEvery: 100, checkpointEvery: 100, evaluateEvery: 100, keepCheckpoints: 3 },
  } as RunRecord['resolved'],
  engine: { name: 'onnx', device: 'CPU, 2 threads', threads: 2 },
  data: { fingerprint: 'abc', images: 240, classes: ['melanoma'], skipped: 0 },
  versions: { medgan: '0.1.0' },
};

/** A copy of the record in which the leaf at `path` is another value. */
function changed(path: string): RunRecord {
  const copy = structuredClone(RECORD) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  let place = copy;
  for (const key of keys.slice(0, -1)) place = place[key] as Record<string, unknown>;
  const last = keys.at(-1)!;
  const value = place[last];
  place[last] = typeof value === 'number' ? value + 1 : `${String(value)}-other`;
  return copy as unknown as RunRecord;
}

const leaves = (value: unknown, path: string): string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key))
    : [path];

const CONFIGURATION = leaves(RECORD.resolved, 'resolved').filter((path) => !path.includes('.cadence.'));
const CADENCE = leaves(RECORD.resolved.cadence, 'resolved.cadence');

describe('the resume guard', () => {
  it.each([...CONFIGURATION, 'data.fingerprint', 'engine.name', 'engine.threads'])(
    'sees another %s',
    (path) => {
      const key = path.replace('resolved.', '');
      expect(() => guardResume(RECORD, changed(path), [])).toThrow(`\n  ${key}: was `);
    },
  );

  it.each([...CADENCE, 'data.skipped', 'versions.medgan', 'control.arch', 'engine.device'])(
    'lets %s change, which decides no number',
    (path) => {
      expect(() => guardResume(RECORD, changed(path), [])).not.toThrow();
    },
  );

  it('lets a run go on longer where that is asked for, and nothing else', () => {
    expect(() => guardResume(RECORD, changed('resolved.epochs'), ['num_epochs'])).not.toThrow();
    expect(() => guardResume(RECORD, changed('resolved.maxSteps'), ['max_steps'])).not.toThrow();
    expect(() => guardResume(RECORD, changed('resolved.epochs'), ['max_steps'])).toThrow(
      'epochs: was 200, now 201',
    );
    expect(() => guardResume(RECORD, changed('resolved.seed'), ['num_epochs', 'max_steps'])).toThrow('seed');
  });

  it('names every difference', () => {
    fc.assert(
      fc.property(fc.subarray(['epochs', 'batchSize', 'seed', 'beta1'], { minLength: 1 }), (keys) => {
        const resolved = { ...RECORD.resolved };
        for (const key of keys) Object.assign(resolved, { [key]: -1 });
        const refusal = (): void => guardResume(RECORD, { ...RECORD, resolved }, []);
        for (const key of keys) expect(refusal).toThrow(`\n  ${key}: was`);
      }),
    );
  });

  describe('on the engine native', () => {
    const native = (engine: Partial<RunRecord['engine']>): RunRecord => ({
      ...RECORD,
      engine: { ...RECORD.engine, name: 'native' satisfies EngineName, precision: 'default', ...engine },
    });

    it('lets the number of threads change, which decides no bit', () => {
      expect(() => guardResume(native({ threads: 2 }), native({ threads: 3 }), [])).not.toThrow();
    });

    it('does not let it change where ONNX Runtime computed a step', () => {
      const former = native({ threads: 2, fallback: ['Elephant has no native kernel'] });
      expect(() => guardResume(former, native({ threads: 3 }), [])).toThrow('engine.threads: was 2, now 3');
      expect(() => guardResume(former, native({ threads: 2 }), [])).not.toThrow();
    });

    it('sees another precision', () => {
      expect(() => guardResume(native({}), native({ precision: 'exact' }), [])).toThrow(
        'engine.precision: was default, now exact',
      );
    });

    it('takes a record without precision for one of the default', () => {
      const { precision: _precision, ...engine } = native({}).engine;
      const old = { ...RECORD, engine };
      expect(() => guardResume(old, native({}), [])).not.toThrow();
      expect(() => guardResume(old, native({ precision: 'fast' }), [])).toThrow('engine.precision');
    });

    it('sees that another engine computed before', () => {
      expect(() => guardResume(RECORD, native({}), [])).toThrow('engine.name: was onnx, now native');
    });
  });

  it('sees a key that is new, and one that is gone', () => {
    const { ema: _ema, ...without } = RECORD.resolved;
    expect(() => guardResume(RECORD, { ...RECORD, resolved: without }, [])).toThrow(
      'ema: was 0.999, now undefined',
    );
    expect(() => guardResume({ ...RECORD, resolved: without }, RECORD, [])).toThrow(
      'ema: was undefined, now 0.999',
    );
  });
});
