import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { tf } from '../tf.ts';
import { recordingBackend } from '../trace/recording-backend.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What a leak would grow. Bytes after a full garbage collection, and after native finalisers have had their turn. */
export async function usage() {
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await setImmediate();
  }
  return {
    tensors: tf.memory().numTensors,
    recorded: recordingBackend().numDataIds(),
    ...process.memoryUsage(),
  };
}
