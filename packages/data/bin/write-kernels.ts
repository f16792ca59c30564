// Assembles the kernels of WebAssembly text: `npm run assemble -w @medgan/data`.
import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '@medgan/plugin-api';
import { assemble, KERNELS } from '../src/kernel.testing.ts';

for (const kernel of KERNELS)
  await writeFileAtomically(
    fileURLToPath(new URL(`../src/${kernel}-wasm.ts`, import.meta.url)),
    await assemble(kernel),
  );
