import { startEngine } from '@medgan/engine';
import { engineContract } from './index.ts';

for (const name of ['onnx', 'wasm', 'cpu'] as const) engineContract(name, () => startEngine(name));
