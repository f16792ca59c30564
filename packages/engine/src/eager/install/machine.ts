import { hasNvidiaDevice, thisMachine } from '../../onnx/device-check.ts';
import type { InstallMachine } from './install.ts';

/** The machine this process runs on. */
export function thisInstallMachine(): InstallMachine {
  const machine = thisMachine();
  return {
    platform: machine.platform,
    arch: machine.arch,
    env: process.env,
    hasGpu: machine.platform !== 'linux' || hasNvidiaDevice(machine),
  };
}
