import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodes } from './plugin.mjs';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

/** Nx as a user starts it, without the daemon and without what an enclosing Nx task has set. */
async function nx(cwd, ...args) {
  const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith('NX_'));
  // In a worker of its own, what a plugin writes to stderr is lost when Nx ends before it has passed it on.
  const settings = { NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false', NX_TUI: 'false', FORCE_COLOR: '0' };
  const env = { ...Object.fromEntries(inherited), ...settings };
  return run(process.execPath, [join(REPOSITORY, 'node_modules/nx/dist/bin/nx.js'), ...args], { cwd, env });
}

const SWEEP = 'title: Sweep\nquestion: >-\n  Which\n  one?\n';
const files = {
  'nx.json': JSON.stringify({
    plugins: ['./tools/nx-medgan/src/plugin.mjs'],
    useDaemonProcess: false,
    analytics: false,
    neverConnectToCloud: true,
  }),
  'package.json': JSON.stringify({ name: 'workspace', private: true }),
  // In the CLI's place: says how it was called, and from where.
  'packages/cli/bin/medgan.mjs':
    'console.log("CALL " + JSON.stringify([process.cwd(), ...process.argv.slice(2)]));\n',
  'experiments/sweep.yaml': SWEEP,
  'experiments/tabs.yaml': 'title: T\n\tquestion: Q\n',
  'experiments/list.yaml': '- 1\n',
  'experiments/empty.yaml': '',
  'experiments/untitled.yaml': 'base: {}\n',
  'experiments/variant.yaml': 'extends: ./sweep.yaml\n',
  'experiments/report.yaml': SWEEP,
  'experiments/base/common.yaml': 'base: {}\n',
};

let workspace;
beforeAll(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), 'medgan-nx-')));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  cpSync(join(REPOSITORY, 'tools/nx-medgan/src'), join(workspace, 'tools/nx-medgan/src'), {
    recursive: true,
  });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(workspace, 'node_modules'));
});
afterAll(() => rmSync(workspace, { recursive: true }));

/** Target of a file, as the plugin infers it. */
async function targetOf(name) {
  const [pattern, infer] = createNodes;
  expect(pattern).toBe('experiments/*.yaml');
  const context = { workspaceRoot: workspace, nxJsonConfiguration: {} };
  const [[file, result]] = await infer([`experiments/${name}.yaml`], undefined, context);
  expect(file).toBe(`experiments/${name}.yaml`);
  expect(Object.keys(result.projects)).toEqual(['experiments']);
  expect(result.projects.experiments.name).toBe('experiments');
  return result.projects.experiments.targets[name];
}

describe('createNodes', () => {
  it('makes a target of an experiment', async () => {
    expect(await targetOf('sweep')).toMatchInlineSnapshot(`
      {
        "cache": false,
        "configurations": {
          "paper": {
            "command": "node packages/cli/bin/medgan.mjs experiment run experiments/sweep.yaml --configuration paper",
          },
          "quick": {
            "command": "node packages/cli/bin/medgan.mjs experiment run experiments/sweep.yaml --configuration quick",
          },
        },
        "defaultConfiguration": "quick",
        "dependsOn": [
          {
            "projects": [
              "@medgan/native",
            ],
            "target": "kernels",
          },
        ],
        "executor": "nx:run-commands",
        "metadata": {
          "description": "Sweep: Which one?",
          "help": {
            "command": "node packages/cli/bin/medgan.mjs experiment run --help",
            "example": {
              "options": {
                "data": "DIR",
              },
            },
          },
          "technologies": [
            "medgan",
          ],
        },
        "options": {
          "cwd": "{workspaceRoot}",
        },
        "parallelism": false,
      }
    `);
  });

  it.each([
    ['tabs', 'cannot run: experiments/tabs.yaml:2:1: tab characters must not be used in indentation'],
    ['list', 'cannot run: experiments/list.yaml: is no experiment (title, question, base, vary)'],
    ['empty', 'cannot run: experiments/empty.yaml:1:1: expected a document, but the input is empty'],
    ['untitled', 'cannot run: experiments/untitled.yaml: has neither title nor question'],
    ['variant', 'As ./sweep.yaml'],
  ])('describes what is wrong with %s.yaml, and still makes its target', async (name, description) => {
    const target = await targetOf(name);
    expect(target.metadata.description).toBe(description);
    expect(target.configurations.quick.command).toContain(`experiment run experiments/${name}.yaml`);
  });
});

describe('nx', () => {
  it('shows all experiments as one project, broken files included', async () => {
    const { stdout, stderr } = await nx(workspace, 'show', 'project', 'experiments', '--json');
    const { root, targets } = JSON.parse(stdout);
    expect(root).toBe('experiments');
    expect(Object.keys(targets).sort()).toEqual([
      'empty',
      'list',
      'paper-tables',
      'report',
      'sweep',
      'tabs',
      'untitled',
      'variant',
    ]);
    expect(targets.tabs.metadata.description).toContain('experiments/tabs.yaml:2:1: tab characters');
    expect(stderr).toContain('[nx-medgan] experiments/tabs.yaml:2:1: tab characters');
    // The names of the plugin's own targets are taken.
    expect(targets.report.options.command).toBe('node packages/cli/bin/medgan.mjs report');
    expect(stderr).toContain('experiments/report.yaml: the name report is that of a target: rename the file');
  });

  const sweep = ['experiment', 'run', 'experiments/sweep.yaml', '--configuration'];
  it.each([
    [
      ['experiments:sweep:paper', '--data', 'my images'],
      [...sweep, 'paper', '--data', 'my images'],
    ],
    [
      ['experiments:sweep', '--set', 'num_epochs=1', '--set', 'labels.real=0.9', '--force'],
      [...sweep, 'quick', '--set', 'num_epochs=1', '--set', 'labels.real=0.9', '--force'],
    ],
    [
      ['experiments:paper-tables:paper', '--data', 'my images', '--jobs', '2'],
      ['experiment', 'run', '--all', '--configuration', 'paper', '--data', 'my images', '--jobs', '2'],
    ],
    [
      ['experiments:report', '--out', 'page'],
      ['report', '--out', 'page'],
    ],
  ])('runs %j as medgan does', async (args, forwarded) => {
    const { stdout } = await nx(workspace, 'run', ...args);
    const [, call] = /^CALL (.*)$/m.exec(stdout);
    expect(JSON.parse(call)).toEqual([workspace, ...forwarded]);
  });

  it("finds this repository's experiments", async () => {
    const { stdout } = await nx(REPOSITORY, 'show', 'project', 'experiments', '--json');
    const { targets } = JSON.parse(stdout);
    expect(targets['batch-size-sweep']).toMatchObject({
      defaultConfiguration: 'quick',
      cache: false,
      parallelism: false,
      dependsOn: [{ projects: ['@medgan/native'], target: 'kernels' }],
      metadata: { description: expect.stringContaining('batch size') },
    });
    expect(Object.values(targets).filter(({ metadata }) => /cannot run/.test(metadata.description))).toEqual(
      [],
    );
    expect(targets['paper-tables'].defaultConfiguration).toBe('quick');
    expect(targets['paper-tables'].configurations.paper.command).toContain('--all --configuration paper');
  });
});
