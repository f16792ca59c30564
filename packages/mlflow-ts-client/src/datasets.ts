import { MlflowError, quote } from './errors.ts';
import { limits } from './limits.ts';
import { checkLength } from './names.ts';
import type { DatasetInput } from './types.ts';

/** @throws MlflowError for a dataset without name or digest, or with a field beyond the server's limits. */
export function checkDatasetInput({ dataset, tags }: DatasetInput): void {
  const who = `dataset ${quote(dataset.name)}`;
  for (const field of ['name', 'digest', 'sourceType', 'source'] as const) {
    if (dataset[field] === '')
      throw new MlflowError(`${who}: its ${field} is empty`, { cure: `give it a ${field}` });
  }
  checkLength(`${who}: its name`, dataset.name, limits.datasetNameLength);
  checkLength(`${who}: its digest`, dataset.digest, limits.datasetDigestLength);
  checkLength(`${who}: its source`, dataset.source, limits.datasetSourceLength);
  checkLength(`${who}: its schema`, dataset.schema ?? '', limits.datasetSchemaLength);
  checkLength(`${who}: its profile`, dataset.profile ?? '', limits.datasetProfileLength);
  for (const [key, value] of Object.entries(tags ?? {})) {
    checkLength(`${who}: tag name ${quote(key)}`, key, limits.inputTagKeyLength);
    checkLength(`${who}: tag ${quote(key)}: its value`, value, limits.inputTagValueLength);
  }
}
