import { readFile } from 'node:fs/promises';
import wabt from 'wabt';

/** The sources in the WebAssembly text format. Each is assembled into `<name>-wasm.ts` beside it. */
export const KERNELS = ['resize/resample', 'formats/baseline-jpeg/baseline'] as const;

/** The text of a kernel's `<name>-wasm.ts`. */
export async function assemble(kernel: (typeof KERNELS)[number]): Promise<string> {
  const name = kernel.slice(kernel.lastIndexOf('/') + 1);
  const assembler = await wabt();
  const source = await readFile(new URL(`${kernel}.wat`, import.meta.url));
  const module = assembler.parseWat(`${name}.wat`, source, { simd: true });
  try {
    module.validate();
    const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64');
    const constant = `${name.toUpperCase()}_WASM`;
    return `/** ${name}.wat, assembled by \`npm run assemble -w @medgan/data\`. */\nexport const ${constant} =\n  '${base64}';\n`;
  } finally {
    module.destroy();
  }
}
