export { Adam, ADAM_DEFAULTS, type AdamOptions } from './adam.ts';
export { buildGan, type Gan, type GanSpec } from './gan.ts';
export { readNetwork, writeNetwork } from './network-state.ts';
export { replay, type ParityReport, type ParityRequest } from './parity.ts';
export { STEP_OUTPUTS, stepInputs, trainingStep } from './step.ts';
