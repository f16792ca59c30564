import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { callerOutside, MedganError } from '@medgan/files';

/** What an argument must be, in words, and whether it is. */
interface Rule {
  readonly must: string;
  readonly holds: (value: unknown) => boolean;
}

const whole = (least: number): Rule => ({
  must: `a whole number from ${least} on`,
  holds: (value) => Number.isInteger(value) && (value as number) >= least,
});
export const fromOne = whole(1);

const fromZero = whole(0);
export const padding: Rule = {
  must: `${fromZero.must}, or "same"`,
  holds: (value) => value === 'same' || fromZero.holds(value),
};

export const number: Rule = { must: 'a number', holds: (value) => Number.isFinite(value) };

export const aFunction: Rule = { must: 'a function', holds: (value) => typeof value === 'function' };

export const scope: Rule = {
  must: 'a scope of parameters',
  holds: (value) => typeof (value as { parameter?: unknown } | undefined)?.parameter === 'function',
};

export const mode: Rule = {
  must: 'the mode that apply gets',
  holds: (value) => ['training', 'evaluation', 'batch-statistics'].includes(value as string),
};

/** A tensor with this many channels on its last axis. */
export const tensor = (rank: 2 | 4, channels: number): Rule => ({
  must: `a tensor [${rank === 4 ? 'N, H, W' : 'N'}, ${channels}]`,
  holds: (value) =>
    value instanceof tf.Tensor && value.rank === rank && (value.shape as number[])[rank - 1] === channels,
});

export const optional = ({ must, holds }: Rule): Rule => ({
  must,
  holds: (value) => value === undefined || holds(value),
});

function shown(value: unknown): string {
  if (value instanceof tf.Tensor) return `a tensor [${(value.shape as number[]).join(', ')}]`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

const LAYERS = dirname(fileURLToPath(import.meta.url));
const isLayer = (path: string): boolean => dirname(path) === LAYERS && !path.includes('.test.');

/**
 * Holds the arguments of a layer's call, by their names, against their rules.
 * @throws MedganError naming the call, the place in the plugin that made it, and the argument
 */
export function checkCall(
  call: string,
  given: Readonly<Record<string, readonly [value: unknown, rule: Rule]>>,
): void {
  for (const [name, [value, { must, holds }]] of Object.entries(given)) {
    if (holds(value)) continue;
    const caller = callerOutside(isLayer);
    const path = caller && relative(process.cwd(), caller.path);
    const place = caller ? `${path!.startsWith('..') ? caller.path : path!}:${caller.line}: ` : '';
    throw new MedganError(`${place}${call}: ${name} is ${shown(value)}, not ${must}`, {
      cure: 'docs/plugins.md has the signature of every layer',
    });
  }
}
