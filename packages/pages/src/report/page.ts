import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { html, type Html } from '../frame/html.ts';
import { oneFile } from '../frame/one-file.ts';
import { scrollingTable } from '../frame/scrolling-table.ts';
import { plural } from '@medgan/files';
import { durationText } from '@medgan/experiment-registry';
import { comparesPublished, configurationOf, titleOf } from './headings.ts';
import type { ReportOptions } from './report-input.ts';
import type { StudyReport } from './study-report.ts';
import { caution, stateText, studySection } from './study-section.ts';

const asset = (name: string): URL => new URL(`../../assets/${name}`, import.meta.url);

/** The whole page: one file that needs no other. */
export function page(reports: readonly StudyReport[], options: ReportOptions): Promise<string> {
  const charts = createRequire(import.meta.url).resolve('echarts/dist/echarts.min.js');
  return oneFile({
    title: 'MedImageGAN: results',
    subject: 'the results',
    nav: {
      label: 'Studies',
      links: [
        html`<a href="#overview">Overview</a>`,
        ...reports.map(
          (report) =>
            html`<a href="#${report.summary.name}">${report.summary.title}</a
              >${configurationMark(configurationOf(report))}`,
        ),
      ],
    },
    main: html`${overview(reports, options)} ${reports.map(studySection)}`,
    footer: html`Made by <code>medgan report</code> out of the run folders. One file: nothing is loaded from
      elsewhere.`,
    css: asset('report.css'),
    scripts: [pathToFileURL(charts), asset('report.js')],
  });
}

const configurationMark = (configuration: string): Html | false =>
  configuration !== 'quick' &&
  configuration !== '' &&
  html` <span class="configuration">${configuration}</span>`;

function overview(reports: readonly StudyReport[], { dataNote, problems = [] }: ReportOptions): Html {
  const run = reports.filter(({ summary }) => summary.state !== 'not run').length;
  const compares = comparesPublished(reports);
  const entries = reports.every(({ isRun }) => isRun)
    ? `${plural(reports.length, 'run')}.`
    : `${plural(reports.length, 'study', 'studies')}, ${run} of them run.`;
  return html`<section id="overview" aria-labelledby="overview-title">
    <h1 id="overview-title">${titleOf(reports)}</h1>
    <p class="lead">${entries}${dataNote !== undefined && html` ${dataNote}`}</p>
    ${scrollingTable({
      caption: 'All studies',
      className: 'overview',
      heads: [
        'study',
        'configuration',
        'state',
        'settings × seeds',
        ...(compares ? ['does our ordering agree?'] : []),
        'time',
      ],
      groups: [reports.map((report) => overviewRow(report, compares))],
    })}
    ${
      problems.length > 0 &&
      html`<div class="verdict disagrees">
        <p><strong>Left out:</strong></p>
        <ul>
          ${problems.map((problem) => html`<li>${problem}</li>`)}
        </ul>
      </div>`
    }
    ${howToRead(compares)}
  </section>`;
}

function overviewRow(report: StudyReport, compares: boolean): Html {
  const { summary } = report;
  const { name, title, groups, verdict, state, seconds } = summary;
  const seeds = Math.max(0, ...groups.map(({ trials }) => trials.length));
  return html`<tr>
    <th scope="row"><a href="#${name}">${title}</a></th>
    <td class="text">${configurationOf(report)}</td>
    <td class="text">${stateText(summary)}</td>
    <td>${groups.length}${seeds > 0 && html` × ${seeds}`}</td>
    ${
      compares &&
      html`<td class="text">
        <span class="badge ${state === 'not run' ? 'not-run' : verdict.kind}"
          >${state === 'not run' ? 'not run yet' : verdict.short}</span
        >${caution(summary) !== undefined && state !== 'not run' && html` <small>not the published setting</small>`}
      </td>`
    }
    <td>${seconds > 0 && durationText(seconds)}</td>
  </tr>`;
}

const howToRead = (compares: boolean): Html =>
  html`<h2>How to read this</h2>
    <dl class="reading">
      <dt>last, best</dt>
      <dd>
        Figures at the end of training, and at the checkpoint that was judged best on the
        way${compares ? '; published figures are compared with both' : ''}.
      </dd>
      <dt>±</dt>
      <dd>
        Standard deviation over the seeds of a setting. Without it there was one seed, and it is unknown how
        much is chance.
      </dd>
      ${compares && howToCompare}
      <dt>ceiling, floor</dt>
      <dd>
        What other real images score in place of generated ones, and what noise scores. A figure says
        something only as far as these two lie apart.
      </dd>
      ${compares && howToOrder}
      <dt>pictures</dt>
      <dd>
        Of the first seed of a setting, compressed for this page (WebP, 1200 pixels wide at most). The
        originals lie in the run folders.
      </dd>
    </dl>`;

const howToCompare: Html = html`<dt>better, worse, equal</dt>
  <dd>
    By the direction of the figure: of MS-GMSD and MDSI less is better. Equal: it would be printed alike.
    “Within ±”: the difference is no larger than the seeds’ own.
  </dd>`;

const howToOrder: Html = html`<dt>ordering</dt>
  <dd>
    Every pair of settings is one comparison. A pair that we order as printed counts as “same”; one whose
    difference is below the printed decimals, or below the pooled standard deviation of its seeds, is
    undecided. τ<sub>b</sub> is Kendall’s rank correlation of all means as printed.
  </dd>`;
