#!/usr/bin/env node
// In the repository the packages run from their TypeScript sources, with no build step, or from a build that is no older:
// that starts in half the time. A published package has nothing but its build.
import { existsSync } from 'node:fs';

let main = new URL('../dist/main.js', import.meta.url);
const source = new URL('../src/main.ts', import.meta.url);

if (existsSync(source)) {
  const { fileURLToPath } = await import('node:url');
  const { isBuilt } = await import('./is-built.mjs');
  if (!isBuilt(fileURLToPath(new URL('../../', import.meta.url)))) {
    const { register } = await import('node:module');
    const { register: registerTypeScript } = await import('tsx/esm/api');
    registerTypeScript();
    register(new URL('./source-condition.mjs', import.meta.url));
    main = source;
  }
}
await (await import(main.href)).main(process.argv);
