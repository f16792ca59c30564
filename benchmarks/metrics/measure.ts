/** Times our metrics on the image pairs in a folder; prints one line of JSON. Arguments: folder, size, repetitions. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { haarPsi, mdsi, msGmsd, psnr, ssim } from '@medgan/metrics';
import type { MetricImages } from '@medgan/plugin-api';

const [folder = '.', sizeText = '64', repetitions = '3'] = process.argv.slice(2);
const size = Number(sizeText);

function read(name: string): MetricImages {
  const bytes = readFileSync(join(folder, `${size}.${name}.f32`));
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return { count: values.length / (size * size * 3), height: size, width: size, channels: 3, values };
}

const a = read('a');
const b = read('b');
const answer: Record<string, { mean: number; times: number[]; cpu: number[] }> = {};
for (const [name, metric] of Object.entries({ psnr, ssim, ms_gmsd: msGmsd, mdsi, haarpsi: haarPsi })) {
  const values = metric(a, b);
  const times: number[] = [];
  const cpu: number[] = [];
  for (let i = 0; i < Number(repetitions); i++) {
    const busy = process.cpuUsage();
    const start = performance.now();
    metric(a, b);
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(busy);
    cpu.push((user + system) / 1000);
  }
  answer[name] = { mean: values.reduce((sum, value) => sum + value, 0) / values.length, times, cpu };
}
console.log(JSON.stringify(answer));
