import { posix } from 'node:path';
import { MlflowError, quote } from './errors.ts';
import { limits } from './limits.ts';

const goodName = /^[/\p{L}\p{M}\p{N}_.\- :]+$/u;
const runId = /^[a-zA-Z0-9][\w-]{0,255}$/;
const experimentId = /^[a-zA-Z0-9][\w-]{0,63}$/;

/**
 * Checks the name of a metric, a parameter or a tag: letters, digits and `_ - . / : space`, at most 250 characters,
 * and a plain relative path where it holds slashes.
 * @throws MlflowError
 */
export function checkKey(kind: string, key: string): void {
  if (key === '') throw refuse(`${kind} without a name`, 'give it one');
  if (!goodName.test(key)) {
    throw refuse(
      `${kind} ${quote(key)}: MLflow knows letters, digits and _ - . / : space in names`,
      'rename it',
    );
  }
  const path = posix.normalize(key);
  if (path !== key || path === '.' || path.startsWith('..') || path.startsWith('/') || path.endsWith('/')) {
    throw refuse(
      `${kind} ${quote(key)}: a name with slashes must be a plain relative path`,
      `name it ${quote(plainPath(key))}`,
    );
  }
  checkLength(`${kind} ${quote(key)}: its name`, key, limits.keyLength);
}

function plainPath(key: string): string {
  const parts = key.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.length === 0 ? 'value' : parts.join('/');
}

/** @throws MlflowError when `text` has more than `limit` characters. */
export function checkLength(what: string, text: string, limit: number): void {
  if (text.length <= limit) return;
  const length = characterCount(text);
  if (length > limit) throw refuse(`${what} has ${length} characters, ${limit} are allowed`, 'shorten it');
}

export function checkRunId(id: string): void {
  if (!runId.test(id)) throw refuse(`${quote(id)} is no run id`, 'give the id that Runs.create returned');
}

export function checkExperimentId(id: string): void {
  if (!experimentId.test(id)) throw refuse(`${quote(id)} is no experiment id`, 'give the id, not the name');
}

export function checkExperimentName(name: string): void {
  if (name === '') throw refuse('an experiment without a name', 'give it one');
  checkLength(`experiment ${quote(name)}: its name`, name, limits.experimentNameLength);
}

/** Code points, which is how the server counts. */
export function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The first `limit` characters; no surrogate pair is split. */
export function cutTo(text: string, limit: number): string {
  return text.length <= limit ? text : [...text.slice(0, 2 * limit)].slice(0, limit).join('');
}

function refuse(what: string, cure: string): MlflowError {
  return new MlflowError(what, { cure });
}
