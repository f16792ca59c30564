import { RUN_FILES, TRIAL_FILES, type TrialJob } from '@medgan/plugin-api';
import type { SlurmOptions } from './options.ts';

const { job: JOB, jobStart: START, jobEnd: END, result: RESULT } = TRIAL_FILES;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const words = (command: readonly string[]): string => command.map(quoted).join(' ');

const taskCase = ({ dir, log, command, resume }: TrialJob, index: number): string =>
  `  ${index}) dir=${quoted(dir)} log=${quoted(log)} command=(${words(command)}) resume=(${words(resume)}) ;;`;

/**
 * The script of a job, or of all tasks of a job array.
 *
 * It runs the trial only while `job.json` of the run folder names this job, so that a job that was submitted twice trains
 * once. It asks the trial to save when Slurm announces the time limit (USR1) or an end (TERM), or medgan asks for it
 * (USR2), and leaves the exit code in the run folder, where no accounting database is needed to find it.
 */
export function batchScript(
  name: string,
  jobs: readonly TrialJob[],
  { setup, container, requeue }: Pick<SlurmOptions, 'setup' | 'container' | 'requeue'>,
): string {
  return `#!/bin/bash
case \${SLURM_ARRAY_TASK_ID:-0} in
${jobs.map(taskCase).join('\n')}
esac
name=${quoted(name)}
restarts=\${SLURM_RESTART_COUNT:-0}
asked=
child=
sent=
interrupted=
exec >> "$log" 2>&1

# Asks the trial to save and to end: once, whatever comes.
save() {
  interrupted=1
  [[ -z $asked ]] || return 0
  asked=$1
  pass_on
}
# A signal may come before the trial is there. Later ones are ignored: bash 5.2 loses the exit code of a trial that ends
# while a signal interrupts the waiting.
pass_on() {
  [[ -n $asked && -n $child && -z $sent ]] || return 0
  sent=1
  trap '' USR1 USR2 TERM
  kill -TERM "$child" 2>/dev/null
}
trap 'save limit' USR1
trap 'save medgan' USR2
trap 'save slurm' TERM

# Leaves word of the end in the run folder, whole or not at all.
leave() {
  rm -f "$dir/${START}"
  printf '{"name":"%s","code":%d,"asked":"%s"}\\n' "$name" "$1" "$2" > "$dir/${END}.partial" &&
    mv -f "$dir/${END}.partial" "$dir/${END}"
  exit "$1"
}
requeue() {
  ((restarts < ${requeue})) && scontrol requeue "$SLURM_JOB_ID"
}

if ! grep -qF "\\"name\\":\\"$name\\"" "$dir/${JOB}"; then
  echo "job $SLURM_JOB_ID: another job has this trial, or it was withdrawn: nothing is done"
  exit 0
fi
if ((restarts > 0)); then
  ((restarts <= ${requeue})) || leave 130 requeues
  # The attempt before this one is over, and may have been on another node.
  rm -f "$dir/${RUN_FILES.lock}" "$dir/${RESULT}"
  command=("\${resume[@]}")
fi
rm -f "$dir/${END}"
touch "$dir/${START}"
${setup.map((line) => `{\n${line}\n} || leave 1 setup`).join('\n')}
${container} "\${command[@]}" &
child=$!
pass_on
# A signal ends the waiting, not the trial: then it is waited for again. bash may have forgotten a trial by then (127).
code=127
while :; do
  interrupted=
  wait "$child"
  waited=$?
  ((waited == 127)) || code=$waited
  [[ -n $interrupted ]] || break
done

case $asked in
  limit)
    # Without a checkpoint of its own, the next attempt would come no further than this one.
    if ((code == 130)) && [[ -n $(find "$dir/${RUN_FILES.checkpoints}" -mindepth 1 -maxdepth 1 -newer "$dir/${START}" 2>/dev/null) ]] && requeue; then
      exit 0
    fi
    ;;
  slurm)
    # Whether it was cancelled, preempted or put back, Slurm knows; only what still runs has ended by itself.
    state=$(scontrol show job "$SLURM_JOB_ID" -o) || exit "$code"
    [[ $state == *JobState=RUNNING* ]] || exit "$code"
    if [[ $state == *PreemptTime=[0-9]* ]] && requeue; then exit 0; fi
    ;;
esac
leave "$code" "$asked"
`;
}
