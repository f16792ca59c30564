// Assembles the resize kernel from its WebAssembly text: `npm run assemble -w @medgan/data`.
import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '@medgan/files';
import { assembleResample } from '../src/decode/resize/assemble.testing.ts';

await writeFileAtomically(
  fileURLToPath(new URL('../src/decode/resize/resample-wasm.ts', import.meta.url)),
  await assembleResample(),
);
