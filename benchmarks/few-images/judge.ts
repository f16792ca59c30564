/**
 * What a study's trials make of few images: the distance of their images to photographs of the part `test`, and how near
 * they come to those they were trained on. A Markdown line for each trial and kind of weights, and, where a file is
 * named for it, a picture with a row of images for each, in the order of the lines.
 *
 *     npx medgan experiment run few-images --configuration paper --data <image folder>
 *     npx tsx --conditions=@medgan/source benchmarks/few-images/judge.ts runs/few-images-paper [step-1000] [grid.png]
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startEngine } from '@medgan/engine';
import {
  evaluateSets,
  extractFeatures,
  kidMetric,
  nearestReal,
  pixelsPcaFeatures,
  prdcMetric,
  randomConvFeatures,
  sourceOfPixels,
} from '@medgan/metrics';
import { createRng, type BytePixels, type FeatureRows, type PackedImages } from '@medgan/plugin-api';
import { imageGrid, writePng } from '@medgan/trainer';
import { freshImages, generatorOfRun, openPart, openRun, openRunImages } from '@medgan/runs';

const FAKES = 512;
const REALS = 1000;
const ROW = 6;

const [study, checkpoint = 'last', gridFile] = process.argv.slice(2);
if (study === undefined) throw new Error('name the folder of a study: runs/few-images-paper');

const context = {
  reporter: { onNote() {}, onWarning: console.warn, onData() {}, onCompiled() {}, onStep() {}, onFile() {} },
  signal: new AbortController().signal,
};

async function drawn(images: PackedImages, label: string): Promise<BytePixels> {
  const { size, channels } = images;
  const indices = createRng(label).permutation(images.count).subarray(0, REALS);
  return { size, channels, count: indices.length, pixels: await images.read(indices) };
}

interface Row {
  readonly trial: string;
  readonly weights: 'raw' | 'ema';
  readonly fakes: BytePixels;
}

const rows: Row[] = [];
let reals: { trained: BytePixels; test: BytePixels } | undefined;
const engine = await startEngine('onnx', { threads: 1 });
for (const trial of readdirSync(study).sort()) {
  const runDir = join(study, trial);
  if (!existsSync(join(runDir, 'checkpoints'))) continue;
  const opened = await openRun(runDir);
  if (reals === undefined) {
    const images = await openRunImages(opened, context);
    const part = await openPart(opened, 'test', context);
    reals = { trained: await drawn(images, 'trained'), test: await drawn(part, 'test') };
    await Promise.all([images.close(), part.close()]);
  }
  for (const weights of ['raw', 'ema'] as const) {
    const generator = await generatorOfRun(opened, { checkpoint, weights });
    rows.push({
      trial,
      weights,
      fakes: await freshImages(engine, generator, { count: FAKES, seed: 0 }),
    });
  }
}
await engine.dispose();
if (reals === undefined) throw new Error(`${study} holds no trial`);

const fixed = (value: number | null | undefined, digits = 3): string => value?.toFixed(digits) ?? '–';
const line = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`);

/** Of fakes like other photographs of the same kind, about 5 % lie that near. */
const near = (real: FeatureRows, fake: FeatureRows): string => {
  const { nearer } = nearestReal({ real, fake });
  return `${fixed(100 * nearer.find(({ quantile }) => quantile === 0.05)!.share, 1)} %`;
};

for (const plugin of [randomConvFeatures, pixelsPcaFeatures]) {
  const reference = sourceOfPixels(reals.test);
  const extractor = await plugin.open({}, { reference });
  const test = await extractFeatures(extractor, reference);
  const trained = await extractFeatures(extractor, sourceOfPixels(reals.trained));
  const judge = (title: string, weights: string, fake: FeatureRows): void => {
    const metrics = [{ metric: kidMetric }, { metric: prdcMetric }];
    const { values } = evaluateSets({ real: test, fake }, { extractor, metrics, seed: 0 });
    const find = (name: string) => values.find((value) => value.name.startsWith(name))!;
    const [kid, precision, recall] = [find('kid'), find('precision'), find('recall')];
    line([
      title,
      weights,
      `${fixed(kid.value, 4)} ± ${fixed(kid.deviation, 4)}`,
      fixed(precision.value),
      fixed(recall.value),
      fake === trained ? '' : near(trained, fake),
      near(test, fake),
    ]);
  };
  console.log(`\n${plugin.name}: ${FAKES} generated, ${test.count} held out, ${trained.count} trained on\n`);
  line(['trial', 'weights', 'KID ↓', 'precision ↑', 'recall ↑', 'near one trained on', 'near one held out']);
  line(['---', '---', '---:', '---:', '---:', '---:', '---:']);
  judge('images trained on', '', trained);
  for (const { trial, weights, fakes } of rows) {
    judge(trial, weights, await extractFeatures(extractor, sourceOfPixels(fakes)));
  }
  await extractor.close?.();
}

if (gridFile !== undefined) {
  const { size, channels } = rows[0]!.fakes;
  const each = ROW * size * size * channels;
  const pixels = new Uint8Array(rows.length * each);
  rows.forEach(({ fakes }, i) => pixels.set(fakes.pixels.subarray(0, each), i * each));
  const grid = imageGrid({ size, channels, count: rows.length * ROW, pixels }, { columns: ROW, upscale: 1 });
  await writePng(gridFile, grid);
}
