import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { medgan } from './medgan.ts';

const folder = mkdtempSync(join(tmpdir(), 'medgan-disk-'));
const disk = join(folder, 'disk');
mkdirSync(disk);

/** A disk of 3 MiB, where this machine lets us have one. */
function mountTinyDisk(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('skipped: mounting a tmpfs needs root on Linux\n');
    return false;
  }
}

const mounted = mountTinyDisk();
afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
  rmSync(folder, { recursive: true, force: true });
});

function control(out: string): string {
  const path = join(folder, 'tiny.yaml');
  writeFileSync(
    path,
    `arch: DCGAN
out: ${out}
run: tiny
num_epochs: 3
batch_size: 4
latent_vector: 4
gen_feature_maps: 2
dis_feature_maps: 2
dataset_options: { count: 6 }
sample_count: 4
checkpoint_every: 3
threads: 1
cache: ''
`,
  );
  return path;
}

describe.skipIf(!mounted)('a disk that fills up', () => {
  it('ends the run with the reason and the last good checkpoint, from which it goes on when there is room', async () => {
    const file = control(disk);
    expect(await medgan('run', file, '--set', 'max_steps=4')).toMatchObject({ code: 0 });
    const kept = readdirSync(join(disk, 'tiny', 'checkpoints'));
    expect(kept).toEqual(['step-0000003', 'step-0000004']);
    const log = readFileSync(join(disk, 'tiny', 'log.jsonl'), 'utf8');

    // All that is left, to the last block.
    const ballast = join(disk, 'ballast');
    try {
      for (let i = 0; ; i++) writeFileSync(`${ballast}-${i}`, new Uint8Array(1 << 16));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
    const full = await medgan('resume', join(disk, 'tiny'), '--extend', 'max_steps=9');
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(/cannot be written: .*ENOSPC|no space left/);
    expect(readdirSync(join(disk, 'tiny', 'checkpoints'))).toEqual(kept);
    expect(readFileSync(join(disk, 'tiny', 'log.jsonl'), 'utf8')).toBe(log);

    for (const name of readdirSync(disk)) if (name.startsWith('ballast')) rmSync(join(disk, name));
    const resumed = await medgan('resume', join(disk, 'tiny'), '--extend', 'max_steps=9');
    expect(resumed.stderr).toBe('');
    expect(resumed.stdout).toContain('resuming after step 4');
    expect(resumed.code).toBe(0);
  });
});

describe.skipIf(process.getuid?.() === 0)('a folder one may not write to', () => {
  it('is refused with the reason', async () => {
    const locked = join(folder, 'locked');
    mkdirSync(locked);
    chmodSync(locked, 0o555);
    const { code, stderr } = await medgan('run', control(locked));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\[medgan\] folder .*EACCES[^]*cure: check that the folder is writable/);
  });
});
