import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Stand-ins for Slurm's programs, which keep their jobs in the folder they lie in. */
const PROGRAMS = {
  sbatch: `job=$$
for option; do
  printf '%s\n' "$option" >> "$here/submitted"
  case "$option" in
    --output=*) log="\${option#--output=}" ;;
    --wrap=*) wrap="\${option#--wrap=}" ;;
  esac
done
( sh -c "$wrap" >> "$log" 2>&1 < /dev/null; echo $? > "$here/ended-$job" ) > /dev/null 2>&1 &
echo "$job;cluster"`,
  sacct: `for option; do
  case "$option" in --jobs=*) ended="$here/ended-\${option#--jobs=}" ;; esac
done
if [ ! -s "$ended" ]; then echo "RUNNING|0:0"
elif [ "$(cat "$ended")" = 0 ]; then echo "COMPLETED|0:0"
else echo "FAILED|$(cat "$ended"):0"
fi`,
  scancel: 'exit 0',
} as const;

/** Makes a cluster of a folder. Its PATH leads to `sbatch`, `sacct` and `scancel`; `submitted` in it has their options. */
export function makeCluster(folder: string): { readonly path: string; readonly submitted: string } {
  mkdirSync(folder, { recursive: true });
  for (const [name, script] of Object.entries(PROGRAMS)) {
    writeFileSync(join(folder, name), `#!/bin/sh\nhere=$(dirname "$0")\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return { path: `${folder}${delimiter}${process.env['PATH']}`, submitted: join(folder, 'submitted') };
}
