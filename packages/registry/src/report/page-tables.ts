import { comparisonTable, type ComparisonRow } from '../summary/comparison-table.ts';
import { durationText, numberText } from '../summary/figure-text.ts';
import type { StudySummary } from '../summary/summarise.ts';
import { verdictTable } from '../summary/verdict-table.ts';
import type { TrialRecord } from '../trial-records.ts';
import { html, type Html } from './html.ts';
import { scrolling } from './one-file.ts';
import { LOSS_KEYS } from './read-losses.ts';
import type { LossCurves } from './loss-curves.ts';

const MARKS = { better: '▲', worse: '▼', equal: '=' } as const;

/** Ours beside the published figures, between ceiling and floor. */
export function figuresTable(summary: StudySummary): Html | undefined {
  const { columns, blocks } = comparisonTable(summary);
  if (columns.length === 0 || blocks.length === 0) return undefined;
  const heads = columns.map(({ name, unit, better }) => {
    const direction = better === 'higher' ? 'higher is better' : 'lower is better';
    return html`<th scope="col">
      ${name}${unit === undefined ? '' : `, ${unit}`}
      <abbr title="${direction}"
        ><span aria-hidden="true">${better === 'higher' ? '↑' : '↓'}</span
        ><span class="hidden">${direction}</span></abbr
      >
    </th>`;
  });
  const caption = `${summary.title}: our figures beside the published ones`;
  return scrolling(
    caption,
    html`<table class="figures">
      <caption class="hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">setting</th>
          <th scope="col">figures of</th>
          ${heads}
        </tr>
      </thead>
      ${blocks.map(
        ({ title, rows }) =>
          html`<tbody>
            ${rows.map(
              (row, index) =>
                html`<tr class="${row.kind}">
                  ${index === 0 ? html`<th scope="rowgroup" rowspan="${rows.length}">${title}</th>` : ''}
                  <th scope="row">${row.title}</th>
                  ${figureCells(row)}
                </tr> `,
            )}
          </tbody>`,
      )}
    </table>`,
  );
}

function figureCells({ cells }: ComparisonRow): Html[] {
  return cells.map(({ text, judgement }) => {
    if (text === '') return html`<td><span class="hidden">none</span></td>`;
    if (judgement === undefined) return html`<td>${text}</td>`;
    return html`<td class="${judgement}">
      <span class="mark" aria-hidden="true">${MARKS[judgement]}</span> ${text}
    </td>`;
  });
}

/** The verdict figure by figure. */
export function orderingsTable(summary: StudySummary): Html | undefined {
  const table = verdictTable(summary);
  if (!table) return undefined;
  const { columns, rows } = table;
  const caption = `${summary.title}: do the orderings of the settings agree?`;
  const heading = (title: string): Html => (title === 'τ_b' ? html`τ<sub>b</sub>` : html`${title}`);
  return scrolling(
    caption,
    html`<table class="orderings">
      <caption class="hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(({ title }) => html`<th scope="col">${heading(title)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, ...cells]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${cells.map((cell, i) => html`<td class="${columns[i + 1]!.kind === 'text' ? 'text' : ''}">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

/** Every trial with its state. */
export function trialsTable({ groups, title, figures }: StudySummary): Html {
  const shown = figures.filter(({ better, key }) => better !== undefined || key.startsWith('loss/'));
  const caption = `${title}: every trial`;
  const row = (label: string, { state, seed, result }: TrialRecord): Html =>
    html`<tr>
      <th scope="row">${label}</th>
      <td>${seed}</td>
      <td class="text">${state}${result?.reason === undefined ? '' : `: ${result.reason}`}</td>
      ${shown.map(
        ({ key }) =>
          html`<td>${result?.figures[key] === undefined ? '' : numberText(result.figures[key], 3)}</td>`,
      )}
      <td>${result?.steps ?? ''}</td>
      <td>${result?.best ? result.best.step : ''}</td>
      <td>${result?.stepsPerSecond?.toFixed(2) ?? ''}</td>
      <td>${result ? durationText(result.seconds) : ''}</td>
    </tr>`;
  return scrolling(
    caption,
    html`<table class="trials">
      <caption class="hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">setting</th>
          <th scope="col">seed</th>
          <th scope="col">state</th>
          ${shown.map(({ name }) => html`<th scope="col">${name.replace('loss/', 'loss, ')}</th>`)}
          <th scope="col">steps</th>
          <th scope="col">best step</th>
          <th scope="col">steps/s</th>
          <th scope="col">time</th>
        </tr>
      </thead>
      <tbody>
        ${groups.flatMap(({ label, trials }) => trials.map((trial) => row(label, trial)))}
      </tbody>
    </table>`,
  );
}

const SHARES = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** The loss curves in a few numbers. */
export function lossTable(curves: LossCurves, title: string): Html {
  const caption = `${title}: mean losses along the training`;
  const rows = LOSS_KEYS.flatMap((key) =>
    curves.byKey[key].map(({ label, points }) => {
      const at = SHARES.map((share) => points[Math.round(share * (points.length - 1))]);
      return html`<tr>
        <th scope="row">${label}</th>
        <td class="text">${key.replace('loss/', '')}</td>
        ${at.map((point) => html`<td>${point ? numberText(point.mean, 3) : ''}</td>`)}
      </tr>`;
    }),
  );
  return scrolling(
    caption,
    html`<table>
      <caption class="hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">setting</th>
          <th scope="col">loss of the</th>
          ${SHARES.map((share) => html`<th scope="col">${Math.round(share * 100)} %</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
  );
}
