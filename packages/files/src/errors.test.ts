import { describe, expect, it } from 'vitest';
import { MedganError, messageOf } from './errors.ts';

describe('MedganError', () => {
  it('says who it is from, what is wrong, and the cure on a line of its own', () => {
    const error = new MedganError('dcgan: no such size', { cure: 'use 64' });
    expect(error.message).toBe('[medgan] dcgan: no such size\n  cure: use 64');
    expect(error).toMatchObject({ name: 'MedganError', cure: 'use 64' });
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe('MedganError: [medgan] dcgan: no such size\n  cure: use 64');
  });

  it('does without a cure, and keeps its cause', () => {
    const cause = new Error('disk');
    const error = new MedganError('cannot write', { cause });
    expect(error.message).toBe('[medgan] cannot write');
    expect(error.cure).toBeUndefined();
    expect(error.cause).toBe(cause);
    expect('cause' in new MedganError('x')).toBe(false);
  });
});

describe('messageOf', () => {
  it('finds words in whatever was thrown', () => {
    expect(messageOf(new RangeError('too far'))).toBe('too far');
    expect(messageOf('text')).toBe('text');
    expect(messageOf(undefined)).toBe('undefined');
    expect(messageOf({ toString: () => 'object' })).toBe('object');
  });
});
