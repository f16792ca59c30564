#!/usr/bin/env node
// In the repository the packages run from their TypeScript sources, with no build step; a published package has dist.
import { existsSync } from 'node:fs';

const source = new URL('../src/main.ts', import.meta.url);
const built = new URL('../dist/main.js', import.meta.url);

if (existsSync(source)) {
  const { register } = await import('node:module');
  const { register: registerTypeScript } = await import('tsx/esm/api');
  registerTypeScript();
  register(new URL('./source-condition.mjs', import.meta.url));
}
const { main } = await import(existsSync(source) ? source.href : built.href);
await main(process.argv);
