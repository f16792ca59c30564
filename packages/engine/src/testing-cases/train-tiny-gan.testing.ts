/** Trains the tiny GAN and prints its state as JSON. Arguments: the engine's name, the number of steps. */
import { startEngine } from '../resolve.ts';
import { tinyGan } from './tiny-gan.testing.ts';

const [name, steps] = process.argv.slice(2);
const engine = await startEngine(name as 'onnx-webgpu');
const gan = tinyGan(engine);
const program = await engine.compile(gan.step, gan.inputs);
for (let n = 0; n < Number(steps); n++) await program.run(gan.feed(n));
const state = await Promise.all(gan.variables.map(async (variable) => [...(await engine.read(variable))]));
await engine.dispose();
process.stdout.write(JSON.stringify({ device: engine.device, state }));
