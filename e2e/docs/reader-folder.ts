import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { writeSafetensorsFile } from '@medgan/weights';
import { recipesOf } from '../recipes.ts';
import { ROOT, readPages } from './pages.ts';
import { writeStudies } from './reader-studies.ts';

/** Settings that make any training a matter of a second; laid under what a page shows, never over it. */
const SMALL = `max_steps: 2
gen_feature_maps: 1
dis_feature_maps: 1
latent_vector: 2
evaluate_every: 1
best_metric: kid@random-conv
split: train
threads: 1
cache: ''
`;

/** The control file that the README shows, on images in `folder`, small. */
function melanomaYaml(folder: string): string {
  const block = readPages()
    .find(({ name }) => name === 'README.md')!
    .blocks.find(({ text }) => text.startsWith('# melanoma.yaml'))!;
  return `${inFolder(block.text, folder)}\n${SMALL}`;
}

/** What the docs say of `/data`, said of the reader's folder. */
export const inFolder = (text: string, folder: string): string =>
  text.replace(/(?<![\w.])\/data\//g, `${folder}/data/`);

/** A small image; every index gives another. */
async function writeImage(file: string, index: number): Promise<void> {
  const raw = { width: 72, height: 72, channels: 3 } as const;
  const bytes = Buffer.from(Array.from({ length: 72 * 72 * 3 }, (_, i) => (i * (index + 3)) % 256));
  await sharp(bytes, { raw }).toFile(file);
}

async function writeImages(folder: string, names: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [index, name] of names.entries()) await writeImage(join(folder, name), index);
}

const numbered = (count: number, ending: string): string[] =>
  Array.from({ length: count }, (_, i) => `${i}.${ending}`);

const MELANOMAS = 30;
const NEVI = numbered(6, 'jpg').map((name) => `nevus-${name}`);

/** What of the repository the commands of the docs use, with its studies made small. */
function makeClone(folder: string): void {
  for (const name of ['node_modules', 'packages', 'tools', 'benchmarks', 'nx.json']) {
    symlinkSync(join(ROOT, name), join(folder, name));
  }
  writeFileSync(join(folder, 'package.json'), '{ "name": "clone", "private": true, "type": "module" }\n');
  writeStudies(folder);
}

/** Fills a folder with everything that the commands of the docs name and their readers have. */
export async function fillReaderFolder(folder: string): Promise<void> {
  makeClone(folder);
  await writeImages(join(folder, 'data/isic/melanoma'), numbered(MELANOMAS, 'jpg'));
  await writeImages(join(folder, 'data/isic/nevus'), NEVI);
  cpSync(join(folder, 'data/isic'), join(folder, 'data/lesions'), { recursive: true });
  await writeImages(join(folder, 'reals'), numbered(8, 'png'));
  await writeImages(join(folder, 'fakes'), numbered(8, 'png'));
  await writeImages(folder, ['a.png', 'b.png']);
  const lesions = [...numbered(MELANOMAS, 'jpg'), ...NEVI].map(
    (name, i) => `${name.slice(0, -4)},L${i >> 1}`,
  );
  for (const place of ['', 'data']) {
    writeFileSync(join(folder, place, 'lesions.csv'), ['image,lesion_id', ...lesions, ''].join('\n'));
  }
  writeFileSync(join(folder, 'melanoma.yaml'), melanomaYaml(folder));
  writeFileSync(join(folder, 'control.yaml'), melanomaYaml(folder).replace('run: melanoma', 'run: control'));
  writeFileSync(join(folder, 'run.yaml'), 'arch: DCGAN\nnum_epochs: 1\ndataset_options: { count: 20 }\n');
  for (const page of ['docs/plugins.md', 'docs/launchers.md']) {
    for (const { name, text } of recipesOf(page)) writeFileSync(join(folder, name), text);
  }
  await writeSafetensorsFile(
    join(folder, 'generator.pth'),
    new Map([['module.main.0.weight', { dtype: 'F32', shape: [2, 3, 4, 4], data: new Float32Array(96) }]]),
  );
}
