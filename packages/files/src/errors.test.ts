import { describe, expect, it } from 'vitest';
import { MedganError, messageOf, withCure } from './errors.ts';

describe('MedganError', () => {
  it('keeps the message and the cure apart', () => {
    const error = new MedganError('dcgan: no such size', { cure: 'use 64' });
    expect(error.message).toBe('dcgan: no such size');
    expect(error).toMatchObject({ name: 'MedganError', cure: 'use 64' });
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe('MedganError: dcgan: no such size');
  });

  it('does without a cure, and keeps its cause', () => {
    const cause = new Error('disk');
    const error = new MedganError('cannot write', { cause });
    expect(error.cure).toBeUndefined();
    expect(error.cause).toBe(cause);
    expect('cause' in new MedganError('x')).toBe(false);
  });
});

describe('withCure', () => {
  it('joins the two, each on a line of its own', () => {
    const error = new MedganError('dcgan: no such size', { cure: 'use 64' });
    expect(withCure(error)).toBe('dcgan: no such size\n  cure: use 64');
    expect(withCure(new MedganError('cannot write'))).toBe('cannot write');
  });

  it('is the message of anything else', () => {
    expect(withCure(Object.assign(new Error('too far'), { cure: 'x' }))).toBe('too far');
    expect(withCure('text')).toBe('text');
  });
});

describe('messageOf', () => {
  it('finds words in whatever was thrown', () => {
    expect(messageOf(new RangeError('too far'))).toBe('too far');
    expect(messageOf(new MedganError('no', { cure: 'yes' }))).toBe('no');
    expect(messageOf('text')).toBe('text');
    expect(messageOf(undefined)).toBe('undefined');
    expect(messageOf({ toString: () => 'object' })).toBe('object');
  });
});
