import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A stand-in for kubectl, which keeps its jobs in the folder it lies in: it takes what the page's launcher asks. */
const KUBECTL = `#!${process.execPath}
const { spawn } = require('node:child_process');
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const [verb, , name] = process.argv.slice(2);
const endOf = (job) => __dirname + '/ended-' + job;
if (verb === 'create') {
  const text = readFileSync(0, 'utf8');
  appendFileSync(__dirname + '/submitted', text + '\\n');
  const { metadata, spec } = JSON.parse(text);
  const [container] = spec.template.spec.containers;
  const script = 'require("node:fs").writeFileSync(process.argv[1], String(require("node:child_process").spawnSync(' +
    'process.argv[2], process.argv.slice(3)).status))';
  spawn(process.execPath, ['-e', script, endOf(metadata.name), ...container.command], { detached: true, stdio: 'ignore' }).unref();
} else if (verb === 'get') {
  const end = existsSync(endOf(name)) ? readFileSync(endOf(name), 'utf8') : '';
  const conditions = end === '' ? [] : [{ type: end === '0' ? 'Complete' : 'Failed', status: 'True', reason: 'exit ' + end }];
  console.log(JSON.stringify({ status: { conditions } }));
}
`;

/** Makes a cluster of a folder. Its PATH leads to `kubectl`; `submitted` in it has the jobs, one on each line. */
export function makeCluster(folder: string): { readonly path: string; readonly submitted: string } {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'kubectl'), KUBECTL);
  chmodSync(join(folder, 'kubectl'), 0o755);
  // The folder above it may be a package of modules, where Node knows no require.
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  return { path: `${folder}${delimiter}${process.env['PATH']}`, submitted: join(folder, 'submitted') };
}
