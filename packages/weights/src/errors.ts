import { MedganError } from '@medgan/files';

/** What is wrong with the content of a weight file: who (the file), what, and the cure. */
export class WeightsError extends MedganError {
  override readonly name = 'WeightsError';
}

/** A name from an untrusted file, fit to be printed in one line of a message. */
export function quote(name: string): string {
  const cut = name.length > 120 ? `${name.slice(0, 117)}...` : name;
  return JSON.stringify(cut);
}
