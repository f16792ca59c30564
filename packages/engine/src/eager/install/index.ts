/**
 * Installs the npm packages of TF.js over TensorFlow, which npm alone cannot do everywhere.
 *
 * @module @medgan/engine/install
 */

export { examineEngine, type EngineFinding } from '../../examine-engine.ts';
export { TENSORFLOW_ENGINES, type TensorflowEngineName } from '../tensorflow/package.ts';
export { thisInstallMachine } from './machine.ts';
export { installEngine, type InstallMachine, type InstallOptions } from './install.ts';
