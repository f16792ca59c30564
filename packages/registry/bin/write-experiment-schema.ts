// Writes experiments/experiment.schema.json: `npm run schema -w @medgan/registry`.
import { fileURLToPath } from 'node:url';
import { writeTextAtomically } from '../src/atomic-file.ts';
import { experimentJsonSchema, SCHEMA_FILE } from '../src/experiment-json-schema.ts';

writeTextAtomically(
  fileURLToPath(new URL(`../../../${SCHEMA_FILE}`, import.meta.url)),
  experimentJsonSchema(),
);
