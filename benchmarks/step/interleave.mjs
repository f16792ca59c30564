import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

/**
 * Runs programs in turn, each in a fresh process, `rounds` times, and prints what they measured. Each program prints one
 * line of JSON, as `medgan bench --json` does. Returns a row per program, with the medians of its rounds.
 */
export function interleave(contenders, { rounds, what }) {
  const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  console.log(
    `${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(2)}, ${rounds} rounds, ${what}`,
  );
  for (let round = 0; round < rounds; round++) {
    for (const [name, [command, commandArgs, env]] of Object.entries(contenders)) {
      const { status, stdout, stderr, error } = spawnSync(command, commandArgs, {
        env: { ...process.env, ...env },
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`${name}: ${error?.message ?? stderr}`);
      results[name].push(JSON.parse(stdout.trim().split('\n').at(-1)));
    }
  }
  const rows = Object.entries(results).map(([name, runs]) => ({
    name,
    median: median(runs.map((r) => r.median_s)),
    best: Math.min(...runs.map((r) => r.min_s)),
    memory: median(runs.map((r) => r.peak_memory_mib)),
    compile: runs[0].compile_s,
    losses: `D ${runs[0].loss_discriminator.toFixed(2)} G ${runs[0].loss_generator.toFixed(2)}`,
  }));
  for (const { name, median: m, best, memory, compile, losses } of rows) {
    const compiled = compile === undefined ? '' : `  compile ${compile.toFixed(2)} s`;
    console.log(
      `${name.padEnd(26)} median ${m.toFixed(3)} s  best ${best.toFixed(3)} s  peak ${memory} MiB${compiled}  ${losses}`,
    );
  }
  return rows;
}
