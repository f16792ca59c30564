import { MlflowError } from './errors.ts';
import { list, text } from './wire.ts';
import type { Wire } from './wire.ts';

/** The items of a paged answer, page after page, fetched as they are wanted. */
export async function* paged(
  field: string,
  fetchPage: (pageToken: string | undefined) => Promise<Wire>,
): AsyncGenerator<Wire, void, undefined> {
  let token: string | undefined;
  for (;;) {
    const page = await fetchPage(token);
    yield* list(page[field]);
    const next = text(page.next_page_token);
    if (next === '') return;
    if (next === token) {
      throw new MlflowError(`the server names the same page of ${field} again and again`, {
        cure: 'update the MLflow server',
      });
    }
    token = next;
  }
}
