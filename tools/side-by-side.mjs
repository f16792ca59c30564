// Runs commands at a time, as many as there are cores, and shows what each wrote when it has ended; fails if any does.
//   node tools/side-by-side.mjs "eslint ." knip
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/**
 * @param {string} command
 * @returns {Promise<boolean>} whether it went well
 */
function run(command) {
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      process.stdout.write(`> ${command}\n${Buffer.concat(output)}`);
      resolve(code === 0);
    });
  });
}

const waiting = process.argv.slice(2);
let failed = false;
async function work() {
  for (let command = waiting.shift(); command !== undefined; command = waiting.shift()) {
    if (!(await run(command))) failed = true;
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work));
process.exitCode = failed ? 1 : 0;
