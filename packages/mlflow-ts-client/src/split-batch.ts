import { encodeJson } from './int64-json.ts';
import type { Pair } from './labels.ts';
import { limits } from './limits.ts';
import { toWirePoint } from './points.ts';
import type { Metric } from './types.ts';

/** What one `log-batch` request carries. */
export interface BatchPart {
  readonly metrics: Metric[];
  readonly params: Pair[];
  readonly tags: Pair[];
}

// {"run_id":"…256…","metrics":[],"params":[],"tags":[]} with room to spare.
const envelopeBytes = 400;

/**
 * Cuts a batch into requests within every limit of the server: 1000 metrics, 100 params, 100 tags, 1000 items in all,
 * 1 MB of JSON. Params go first, then tags, then metrics, each in their order.
 */
export function splitBatch(batch: {
  readonly metrics: readonly Metric[];
  readonly params: readonly Pair[];
  readonly tags: readonly Pair[];
}): BatchPart[] {
  const filling = new Filling();
  for (const param of batch.params) filling.room('params', jsonBytes(param)).params.push(param);
  for (const tag of batch.tags) filling.room('tags', jsonBytes(tag)).tags.push(tag);
  for (const metric of batch.metrics)
    filling.room('metrics', jsonBytes(toWirePoint(metric))).metrics.push(metric);
  return filling.parts;
}

const limitOf = {
  metrics: limits.metricsPerBatch,
  params: limits.paramsPerBatch,
  tags: limits.tagsPerBatch,
} as const;

class Filling {
  readonly parts: BatchPart[] = [];
  #bytes = 0;

  /** The part that has room for one more item. */
  room(kind: keyof BatchPart, bytes: number): BatchPart {
    let part = this.parts.at(-1);
    if (part === undefined || !this.#fits(part, { kind, bytes })) {
      part = { metrics: [], params: [], tags: [] };
      this.parts.push(part);
      this.#bytes = envelopeBytes;
    }
    this.#bytes += bytes;
    return part;
  }

  #fits(part: BatchPart, { kind, bytes }: { kind: keyof BatchPart; bytes: number }): boolean {
    const items = part.metrics.length + part.params.length + part.tags.length;
    return (
      part[kind].length < limitOf[kind] &&
      items < limits.itemsPerBatch &&
      this.#bytes + bytes <= limits.bytesPerBatch
    );
  }
}

/** With its comma, and as many bytes as a server would need that counts other letters as `\uXXXX`. */
function jsonBytes(item: unknown): number {
  const json = encodeJson(item);
  let bytes = json.length + 1;
  for (let i = 0; i < json.length; i++) if (json.charCodeAt(i) > 0x7f) bytes += 5;
  return bytes;
}
