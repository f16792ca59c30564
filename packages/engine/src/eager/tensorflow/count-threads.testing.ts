/** Starts tfjs-node with as many threads as its argument says, and prints how many threads the process then has. Linux. */
import { readdirSync } from 'node:fs';
import { startTensorflow } from './start.ts';

await startTensorflow({ name: 'tfjs-node', threads: Number(process.argv[2]) });
process.stdout.write(String(readdirSync('/proc/self/task').length));
