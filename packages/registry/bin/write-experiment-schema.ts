// Writes experiments/experiment.schema.json: `npm run schema -w @medgan/registry`.
import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '@medgan/plugin-api';
import { experimentJsonSchema, SCHEMA_FILE } from '../src/experiment-json-schema.ts';

await writeFileAtomically(
  fileURLToPath(new URL(`../../../${SCHEMA_FILE}`, import.meta.url)),
  experimentJsonSchema(),
);
