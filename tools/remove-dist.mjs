// Before a build: what a source that is gone had left would be packed, and kept in Nx's cache for other clones.
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
