import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseOptions, type JobEnd, type Launcher, type TrialJob } from '@medgan/plugin-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** Scripts of jobs, as a trial's process would behave; each is given the run folder. */
export const JOBS = {
  done: `require('fs').writeFileSync(process.argv[1] + '/made', ''); console.log('out'); console.error('err')`,
  fails: `console.log('cannot go on'); process.exitCode = 3`,
  killed: `process.kill(process.pid, 'SIGKILL')`,
  /** Says that it runs, and ends in order when it is asked to, counting how often that is. */
  waits: `
    const fs = require('fs'), dir = process.argv[1];
    const stop = () => { fs.appendFileSync(dir + '/asked', 'x'); setTimeout(() => process.exit(130), 100) };
    process.on('message', ({ kind }) => kind === 'stop' && stop()).on('SIGTERM', stop);
    fs.writeFileSync(dir + '/runs', '');
    setInterval(() => {}, 1000)`,
} as const;

export async function untilThere(path: string): Promise<void> {
  for (;;) {
    try {
      readFileSync(path);
      return;
    } catch {
      await setTimeout(20);
    }
  }
}

/** What every launcher must do, whatever machines it has. */
export function launcherContract(launcher: Launcher, options: object = {}): void {
  describe(`launcher ${launcher.name}`, () => {
    let dir: string;
    beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'medgan-launcher-'))));
    afterEach(() => rmSync(dir, { recursive: true }));

    const commandOf = (script: keyof typeof JOBS): TrialJob['command'] => [
      process.execPath,
      '-e',
      JOBS[script],
      dir,
    ];
    const job = (script: keyof typeof JOBS, command = commandOf(script)): TrialJob => ({
      id: 'trial',
      dir,
      command,
      resume: command,
      log: join(dir, 'trial.log'),
      threads: 1,
      gpus: 0,
    });
    const launch = (script: keyof typeof JOBS, signal = new AbortController().signal): Promise<JobEnd> =>
      launcher.launch(job(script), parseOptions<object>(launcher.name, launcher.options, options), {
        signal,
        onMessage: () => undefined,
      });

    it('runs the command to its end and adds what it prints to the log', async () => {
      writeFileSync(join(dir, 'trial.log'), 'before\n');
      expect(await launch('done')).toEqual({ code: 0 });
      expect(readFileSync(join(dir, 'made'), 'utf8')).toBe('');
      expect(readFileSync(join(dir, 'trial.log'), 'utf8').split('\n').sort()).toEqual(
        ['', 'before', 'err', 'out'].sort(),
      );
    });

    it('returns the exit code, and what ended a job that has none', async () => {
      expect(await launch('fails')).toEqual({ code: 3 });
      expect(await launch('killed')).toMatchObject({ code: null, by: expect.any(String) as string });
    });

    it('asks a job to end, once, and waits until it has', async () => {
      const stop = new AbortController();
      const end = launch('waits', stop.signal);
      await untilThere(join(dir, 'runs'));
      stop.abort();
      expect(await end).toEqual({ code: 130 });
      expect(readFileSync(join(dir, 'asked'), 'utf8')).toBe('x');
    });
  });
}
