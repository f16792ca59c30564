import { withCure } from '@medgan/files';

/** The message with which `body` fails, with its cure. */
export async function failureOf(body: () => unknown): Promise<string> {
  try {
    await body();
  } catch (error) {
    return withCure(error);
  }
  return 'no error';
}
