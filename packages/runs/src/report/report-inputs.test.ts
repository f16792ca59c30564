import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUN_FILES, STUDY_FILES } from '@medgan/plugin-api';
import { writeReport } from '@medgan/pages';
import { dump } from 'js-yaml';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeMetrics, reportInputs } from './report-inputs.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'medgan-inputs-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

async function makeRun(path: string): Promise<string> {
  const dir = join(folder, path);
  await mkdir(dir, { recursive: true });
  const record = {
    control: { arch: 'dcgan', seed: 3, batch_size: 16 },
    resolved: {},
    engine: { name: 'onnx', device: 'CPU', threads: 1 },
    data: { fingerprint: 'f'.repeat(64), images: 1, classes: ['melanoma'], skipped: 0 },
    versions: {},
  };
  await writeFile(join(dir, RUN_FILES.record), dump(record));
  const line = { step: 9, epoch: 0, time: 1, 'loss/discriminator': 0.5, 'loss/generator': 'NaN' };
  await writeFile(join(dir, RUN_FILES.log), `${JSON.stringify(line)}\n{"step": 10, "ep`);
  const best = { metric: 'kid@random-conv', direction: 'lower', value: 0.02, step: 9 };
  await writeFile(join(dir, RUN_FILES.best), JSON.stringify(best));
  const status = { state: 'finished', step: 9, totalSteps: 9, epoch: 1, seconds: 65 };
  await writeFile(join(dir, RUN_FILES.status), JSON.stringify(status));
  return dir;
}

const YAML = 'title: Mine\nquestion: Is it?\nbase: {arch: dcgan}\nvary: {grid: {batch_size: [4, 8]}}\n';

it('reports a single run, with headings that promise nothing published', async () => {
  const dir = await makeRun('runs/My Run');
  const { studies } = await reportInputs({ targets: [dir], root: join(folder, 'runs') });
  expect(studies[0]!.records[0]!.result).toMatchObject({
    figures: { 'loss/discriminator': 0.5, 'loss/generator': NaN, 'kid@random-conv': 0.02 },
    steps: 9,
    seconds: 65,
  });
  const out = join(folder, 'report');
  const { htmlPath, markdownPath } = await writeReport({ studies, out, describe: describeMetrics() });
  const [page, text] = await Promise.all([readFile(htmlPath, 'utf8'), readFile(markdownPath, 'utf8')]);
  expect(text).toContain('# Results\n');
  expect(text).toContain('## My Run\n\nOne run: dcgan on 1 image.');
  expect(page).toContain('<h1 id="overview-title">Results</h1>');
  const main = /<main[^]*<\/main>/.exec(page)![0].replace(/<script[^]*?<\/script>/g, '');
  for (const shown of [main, text]) {
    expect(shown).not.toMatch(/published|ordering|Verdict|undefined|Run again/);
  }
});

it('reports a study by its file, by the folder of its trials without the file, and all of a folder', async () => {
  const file = join(folder, 'mine.yaml');
  await writeFile(file, YAML);
  const root = join(folder, 'runs');
  const byFile = await reportInputs({ targets: [file], root });
  expect(byFile.studies.map(({ study, records, command }) => [study.name, records.length, command])).toEqual([
    ['mine', 0, `medgan experiment run ${file}`],
  ]);
  const dir = join(root, 'mine');
  const trials = byFile.studies[0]!.study.trials.map((trial) => ({ ...trial, state: 'waiting' }));
  await mkdir(dir, { recursive: true });
  await writeFile(
    join(dir, STUDY_FILES.trials),
    JSON.stringify({ version: 2, experiment: 'mine', configuration: 'quick', trials }),
  );
  await makeRun('runs/alone');
  const all = await reportInputs({ targets: [root], root });
  expect(all.studies.map(({ study, isRun = false }) => [study.name, isRun, study.trials.length])).toEqual([
    ['alone', true, 1],
    ['mine', false, 2],
  ]);
  expect(all.studies[1]!.study.experiment.title).toBe('mine');
  expect(all.studies[1]!.command).toBeUndefined();
});

it('refuses what holds neither, and leaves out what cannot be read beside others', async () => {
  await mkdir(join(folder, 'empty'));
  const root = join(folder, 'runs');
  await expect(reportInputs({ targets: [join(folder, 'empty')], root })).rejects.toThrow(
    /holds no run and no study/,
  );
  const none = join(folder, 'none');
  await expect(reportInputs({ targets: [none], root })).rejects.toThrow(`there is no ${none}`);
  const good = await makeRun('runs/good');
  const torn = await makeRun('runs/torn');
  await writeFile(join(torn, RUN_FILES.status), '{');
  const { studies, problems } = await reportInputs({ targets: [good, torn], root });
  expect(studies).toHaveLength(1);
  expect(problems).toEqual([expect.stringMatching(/^torn: .*cannot be read/)]);
  await expect(reportInputs({ targets: [torn], root })).rejects.toThrow(/cannot be read/);
});
