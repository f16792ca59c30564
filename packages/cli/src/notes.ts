let quiet = false;

/** Turns off, by `--quiet`, what nobody asked for: progress and notes. Results, warnings and faults stay. */
export const setQuiet = (value: boolean): void => void (quiet = value);

export const isQuiet = (): boolean => quiet;

/** A line on what was done, for people. */
export function note(text: string): void {
  if (!quiet) process.stdout.write(`${text}\n`);
}
