// Starts the decoder's worker from its TypeScript source, with no build step; a published package has dist.
import { register } from 'tsx/esm/api';

register();
await import(new URL('./src/decode/decoder/decode-worker.ts', import.meta.url));
