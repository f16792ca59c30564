// Writes experiments/experiment.schema.json: `npm run schema -w @medgan/cli`.
import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '@medgan/files';
import { experimentJsonSchema, SCHEMA_FILE } from '@medgan/experiment-registry';
import { CONTROL_SCHEMA } from '@medgan/runs';

await writeFileAtomically(
  fileURLToPath(new URL(`../../../${SCHEMA_FILE}`, import.meta.url)),
  experimentJsonSchema(CONTROL_SCHEMA),
);
