import { plural } from '@medgan/files';
import { html, scriptJson, trusted, type Html } from '../frame/html.ts';
import { choiceText, durationText, type StudySummary } from '@medgan/experiment-registry';
import { dataUrl } from './embed-image.ts';
import { PAGE_COLOURS, chartOption, describeCurve, drawChart, lineStyle } from '../charts/curve-chart.ts';
import { configurationOf } from './headings.ts';
import { lossChart, type LossCurves } from './loss-curves.ts';
import { figuresTable, lossTable, trialsTable, orderingsTable } from './page-tables.ts';
import { LOSS_KEYS, type LossKey } from './read-losses.ts';
import type { StudyReport } from './study-report.ts';

const CHART = { width: 560, height: 280 };

/** Where the configuration is not that of the source, the verdict says less than it seems to. */
export const caution = ({ configuration, published }: StudySummary): string | undefined =>
  configuration === 'paper' || !published
    ? undefined
    : `This is the ${configuration} configuration, not the published setting: agreement and difference say little.`;

/** A study's part of the page. */
export function studySection(report: StudyReport): Html {
  const { summary, curves } = report;
  const { name, title, question, note, state, published } = summary;
  const configuration = configurationOf(report);
  const heading = (text: string): Html => html`<h3>${text}</h3>`;
  const figures = figuresTable(summary);
  const orderings = orderingsTable(summary);
  const choice = choiceText(summary);
  return html`<section class="study" id="${name}" aria-labelledby="${name}-title">
    <header>
      <p class="eyebrow">
        ${configuration !== '' && html`${configuration} configuration · `}${stateText(summary)}
      </p>
      <h2 id="${name}-title">${title}</h2>
      <p class="question">${question}</p>
      ${note !== undefined && html`<p class="note">${note}</p>`}
    </header>
    ${state === 'not run' ? notRun(report) : published !== undefined && verdictBox(summary)}
    ${figures && html`${heading(state === 'not run' ? 'What was published' : published ? 'Ours beside the published figures' : 'Figures')}${figures}`}
    ${choice !== undefined && html`<p class="note">${choice}</p>`} ${figureNotes(summary)}
    ${orderings && html`${heading('Ordering of the settings')}${orderings}`}
    ${curves && html`${heading('Losses')}${lossFigure(curves, summary)}`} ${gridFigures(report)}
    ${state !== 'not run' && html`${heading('Every trial')}${trialsTable(summary)}`} ${publishedPart(summary)}
    ${settingsPart(report)}
    ${report.problems.map((problem) => html`<p class="note">Missing here: ${problem}.</p>`)}
    <p class="back"><a href="#overview">Back to the overview</a></p>
  </section>`;
}

/** `finished`, or `1 of 6 trials finished, 1 failed`; trials that diverged are always counted. */
export function stateText({ state, counts }: StudySummary): string {
  if ((state === 'finished' && counts.diverged === undefined) || state === 'not run') return state;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const rest = Object.entries(counts).filter(([key]) => key !== 'finished');
  return [
    `${counts.finished ?? 0} of ${total} trials finished`,
    ...rest.map(([key, count]) => `${count} ${key}`),
  ].join(', ');
}

const notRun = ({ command }: StudyReport): Html =>
  html`<div class="verdict not-run">
    <p><strong>Not run yet.</strong>${command !== undefined && ' This runs it:'}</p>
    ${command !== undefined && html`<pre tabindex="0"><code>${command}</code></pre>`}
  </div>`;

function verdictBox(summary: StudySummary): Html {
  const { verdict } = summary;
  const doubt = caution(summary);
  return html`<div class="verdict ${verdict.kind}">
    <p><strong>Verdict: ${verdict.short}.</strong> ${verdict.text}</p>
    ${doubt !== undefined && html`<p class="doubt">${doubt}</p>`}
  </div>`;
}

function figureNotes({ published }: StudySummary): Html | false {
  const notes = Object.values(published?.figures ?? {}).filter(({ note }) => note !== undefined);
  return (
    notes.length > 0 &&
    html`<ul class="notes">
      ${notes.map(({ name, note }) => html`<li><b>${name}</b>: ${note!}</li>`)}
    </ul>`
  );
}

const LOSS_NAMES: Readonly<Record<LossKey, string>> = {
  'loss/generator': 'Generator loss',
  'loss/discriminator': 'Discriminator loss',
};

function lossFigure(curves: LossCurves, { name, title }: StudySummary): Html {
  const labels = curves.byKey[LOSS_KEYS[0]].map(({ label }) => label);
  return html`<figure class="losses" data-study="${name}">
    <ul class="legend" aria-label="Settings shown in the charts">
      ${labels.map(
        (label, index) =>
          html`<li>
            <label
              ><input type="checkbox" checked data-group="${index}" />${swatch(index)}<span
                >${label}</span
              ></label
            >
          </li>`,
      )}
    </ul>
    <div class="charts">
      ${LOSS_KEYS.map((key) => lossPanel(curves, { key, id: `${name}-${key.replace('/', '-')}` }))}
    </div>
    <div class="zoom" role="group" aria-label="Part of the training shown">
      ${[
        ['0', 'whole run'],
        ['50', 'second half'],
        ['80', 'last fifth'],
      ].map(
        ([from, text]) =>
          html`<button type="button" data-from="${from!}" aria-pressed="${from === '0' ? 'true' : 'false'}">
            ${text!}
          </button>`,
      )}
      <span>or Ctrl and the wheel on a chart</span>
    </div>
    <figcaption>
      Lines are means over seeds and short stretches of training; shaded: the lowest and the highest single
      step.
    </figcaption>
    <details>
      <summary>The losses as a table</summary>
      ${lossTable(curves, title)}
    </details>
  </figure>`;
}

const swatch = (index: number): Html => {
  const { colour, dash } = lineStyle(index, PAGE_COLOURS);
  return html`<svg class="swatch" width="30" height="10" aria-hidden="true">
    <line
      x1="1"
      x2="29"
      y1="5"
      y2="5"
      stroke="${colour}"
      stroke-width="2.4"
      stroke-dasharray="${dash.join(' ')}"
    />
  </svg>`;
};

function lossPanel(curves: LossCurves, { key, id }: { key: LossKey; id: string }): Html {
  const option = chartOption(lossChart(curves, key), PAGE_COLOURS);
  const svg = drawChart(option, { id, ...CHART }).replace(
    /<svg width="(\d+)" height="(\d+)"/,
    '<svg viewBox="0 0 $1 $2" aria-hidden="true" focusable="false"',
  );
  return html`<div class="chart">
    <h4>${LOSS_NAMES[key]}</h4>
    <div role="img" aria-label="${chartText(curves, key)}">
      <div class="chart-static">${trusted(svg)}</div>
      <div class="chart-live"></div>
    </div>
    <script type="application/json">
      ${scriptJson(option)}
    </script>
  </div>`;
}

/** What a chart shows, in a sentence. */
export function chartText(curves: LossCurves, key: LossKey): string {
  return `${LOSS_NAMES[key]} by ${curves.axis}: ${curves.byKey[key].map(describeCurve).join('; ')}.`;
}

function gridFigures({ grids, summary }: StudyReport): Html | false {
  if (grids.length === 0) return false;
  return html`<h3>Real and generated images</h3>
    <div class="grids">
      ${grids.map(({ label, seed, image }) => {
        const alt = `${summary.title}, ${label}: real images on the left, generated ones on the right`;
        return html`<figure>
          <img
            src="${dataUrl(image)}"
            width="${image.width}"
            height="${image.height}"
            alt="${alt}"
            decoding="async"
          />
          <figcaption>
            ${label}, seed ${seed}: real images left, generated ones of the last checkpoint right.
          </figcaption>
        </figure>`;
      })}
    </div>`;
}

function publishedPart({ published, groups }: StudySummary): Html | false {
  if (!published) return false;
  const { source, data, stated, shown, conclusion, use, open } = published;
  const entry = (term: string, text: string | undefined): Html | false =>
    text !== undefined &&
    html`<dt>${term}</dt>
      <dd>${text}</dd>`;
  const assumed = [
    ...open,
    ...groups.flatMap((group) =>
      group.assumed === undefined ? [] : [{ what: `the figures of ${group.label}`, assumed: group.assumed }],
    ),
  ];
  return html`<h3>What the source says, and what it leaves open</h3>
    <dl>
      ${entry('Source', source)} ${entry('Data', data)} ${entry('Shows', shown)}
      ${
        stated.length > 0 &&
        html`<dt>States</dt>
          ${stated.map((text) => html`<dd>${text}</dd>`)}`
      }
      ${entry('Concludes', conclusion)} ${entry('Used for', use)}
    </dl>
    ${
      assumed.length > 0 &&
      html`<div class="assumptions">
        <p><strong>Our assumptions</strong>, where the source is silent:</p>
        <dl>
          ${assumed.map(
            (each) =>
              html`<dt>${each.what}</dt>
                <dd>${each.assumed}</dd>`,
          )}
        </dl>
      </div>`
    }`;
}

function settingsPart({ settings, data, engines, days, summary, command }: StudyReport): Html {
  const entry = (term: string, values: readonly string[]): Html | false =>
    values.length > 0 &&
    html`<dt>${term}</dt>
      ${values.map((value) => html`<dd>${value}</dd>`)}`;
  const dataText = data.map(({ name, images, fingerprint, classes }) => {
    const of = classes.length > 0 ? ` of ${classes.join(', ')}` : '';
    return `${name}: ${plural(images, 'image')}${of}, fingerprint ${fingerprint.slice(0, 12)}`;
  });
  return html`<h3>Settings, data and time</h3>
    <dl>
      ${entry('Data', dataText)} ${entry('Computed by', engines)}
      ${entry('Time', summary.seconds > 0 ? [`${durationText(summary.seconds)} for all trials${days === undefined ? '' : `, ${days}`}`] : [])}
      ${
        summary.state !== 'not run' &&
        command !== undefined &&
        html`<dt>Run again by</dt>
          <dd><code>${command}</code></dd>`
      }
    </dl>
    <details>
      <summary>The settings that all trials share</summary>
      <dl class="settings">
        ${settings.map(
          ({ key, value }) =>
            html`<div>
              <dt><code>${key}</code></dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
    </details>`;
}
