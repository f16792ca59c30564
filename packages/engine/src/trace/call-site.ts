/** Stack frames of the engine, of Node and of TF.js (also by its source maps), which the author of a step did not write. */
const FOREIGN =
  /node:internal|<anonymous>\)$|[\\/]node_modules[\\/](@tensorflow|seedrandom)[\\/]|[\\/]tfjs-[a-z-]+[\\/]src[\\/]|[\\/]engine[\\/](src|dist)[\\/](?!.*\.test\.)/;

/** Where the author's code called the TF.js operation that is being recorded: `discriminator (my-gan.ts:12:5)`. */
export function callSite(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 80;
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  Error.stackTraceLimit = limit;
  const frame = frames.find((line) => !FOREIGN.test(line));
  return frame ? frame.trim().replace(/^at /, '') : 'the step';
}
