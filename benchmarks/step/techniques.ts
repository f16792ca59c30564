/**
 * What each training technique adds to a step: processor seconds (user and system, of all threads), rounds interleaved.
 * A step with several updates of the discriminator is counted whole.
 *
 *     npx tsx --conditions=@medgan/source benchmarks/step/techniques.ts [arch] [batch size] [feature maps] [rounds]
 */
import { loadavg } from 'node:os';
import { startEngine, type Program, type Values } from '@medgan/engine';
import { createRng } from '@medgan/plugin-api';
import { DIFF_AUGMENTATIONS, buildGan, drawInputs, type GanSpec, type Updates } from '@medgan/trainer';
import { benchSpec } from '@medgan/runs';

const [arch = 'dcgan', batchText = '16', featuresText = '64', roundsText = '5'] = process.argv.slice(2);
const [batch, features, rounds] = [batchText, featuresText, roundsText].map(Number) as [
  number,
  number,
  number,
];

const TECHNIQUES: Readonly<Record<string, Partial<GanSpec>>> = {
  nothing: {},
  color: { diffAugment: ['color'] },
  translation: { diffAugment: ['translation'] },
  cutout: { diffAugment: ['cutout'] },
  'all of DiffAugment': { diffAugment: DIFF_AUGMENTATIONS },
  R1: { r1: 1 },
  'R1 and DiffAugment': { r1: 1, diffAugment: DIFF_AUGMENTATIONS },
  '5 discriminator steps': { discriminatorSteps: 5 },
};

/** Processor seconds since `start`. */
function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** A technique's step, and the processor seconds it took to compile. */
async function prepared(
  changes: Partial<GanSpec>,
): Promise<{ step: () => Promise<void>; compileSeconds: number }> {
  const engine = await startEngine('onnx', { threads: 2 });
  const rng = createRng(0);
  const gan = buildGan(
    engine,
    { ...benchSpec({ arch, imageSize: 64, latent: 100, features }), ...changes },
    rng,
  );
  const updates = changes.discriminatorSteps ?? 1;
  const names: (keyof Updates)[] = updates === 1 ? ['both'] : ['discriminator', 'generator'];
  const pieces: { program: Program; given: Record<string, Values>; times: number }[] = [];
  let compileSeconds = 0;
  for (const name of names) {
    const { step, inputs } = gan.updates[name];
    const specs = inputs(batch);
    const real = rng.uniforms(batch * 64 * 64 * 3).map((x) => 2 * x - 1);
    const given = { ...(specs['real'] ? { real } : {}), ...drawInputs(specs, rng) };
    const start = process.cpuUsage();
    const program = await engine.compile(step, specs);
    compileSeconds += secondsSince(start);
    pieces.push({ program, given, times: name === 'discriminator' ? updates : 1 });
  }
  return {
    compileSeconds,
    step: async () => {
      for (const { program, given, times } of pieces) {
        for (let i = 0; i < times; i++) await program.run(given);
      }
    },
  };
}

const subjects: (Awaited<ReturnType<typeof prepared>> & { name: string; seconds: number[] })[] = [];
for (const [name, changes] of Object.entries(TECHNIQUES)) {
  subjects.push({ name, seconds: [], ...(await prepared(changes)) });
}
for (let round = -1; round < rounds; round++) {
  for (const { step, seconds } of subjects) {
    const start = process.cpuUsage();
    await step();
    // The first round warms up.
    if (round >= 0) seconds.push(secondsSince(start));
  }
}
const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
const plain = median(subjects[0]!.seconds);
console.log(`${arch}, batch ${batch}, ${features} feature maps, load ${loadavg()[0]!.toFixed(1)}`);
for (const { name, seconds, compileSeconds } of subjects) {
  const own = median(seconds);
  console.log(
    `${name.padEnd(24)} ${own.toFixed(3)} s of processor a step, × ${(own / plain).toFixed(2)}; compiled in ${compileSeconds.toFixed(1)} s`,
  );
}
process.exit(0);
