import { readFile } from 'node:fs/promises';
import wabt from 'wabt';

/** The text of `resample-wasm.ts`: the module that `resample.wat` assembles to, in base64. */
export async function assembleResample(): Promise<string> {
  const assembler = await wabt();
  const source = await readFile(new URL('resample.wat', import.meta.url));
  const module = assembler.parseWat('resample.wat', source, { simd: true });
  try {
    module.validate();
    const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
    return `/** resample.wat, assembled by \`npm run assemble -w @medgan/data\`. */\nexport const RESAMPLE_WASM =\n  '${base64}';\n`;
  } finally {
    module.destroy();
  }
}
