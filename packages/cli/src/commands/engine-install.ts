import { createInterface } from 'node:readline/promises';
import { EngineError } from '@medgan/engine';
import {
  examineEngine,
  installEngine,
  thisInstallMachine,
  type TensorflowEngineName,
} from '@medgan/engine/install';
import { note } from '../notes.ts';

async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new EngineError('nobody is there to ask before the download', { cure: 'give --yes' });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

/** `medgan engine install <name>`: installs TF.js over TensorFlow, by npm or by building its binding. */
export async function engineInstallCommand(
  name: TensorflowEngineName,
  options: { yes: boolean },
): Promise<number> {
  const machine = thisInstallMachine();
  const device = await installEngine({
    name,
    machine,
    say: note,
    confirm: (question) => (options.yes ? Promise.resolve(true) : ask(question)),
    examine: () => examineEngine({ engine: name, threads: 2, allowCpu: !machine.hasGpu }),
  });
  note(`${name} works: ${device}`);
  if (name === 'tfjs-node-gpu' && !machine.hasGpu) {
    note(
      'This machine has no NVIDIA device: it was tried on the CPU, and is for another machine that sees this folder.',
    );
  }
  return 0;
}
