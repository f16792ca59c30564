// Writes src/resize/resample-wasm.ts: `npm run assemble -w @medgan/data`.
import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '@medgan/plugin-api';
import { assembleResample } from '../src/resize/assemble.testing.ts';

await writeFileAtomically(
  fileURLToPath(new URL('../src/resize/resample-wasm.ts', import.meta.url)),
  await assembleResample(),
);
