import { html, type Html } from '../frame/html.ts';
import { scrollingTable } from '../frame/scrolling-table.ts';
import {
  type ComparisonRow,
  comparisonTable,
  durationText,
  numberText,
  type StudySummary,
  type TrialRecord,
  verdictTable,
} from '@medgan/experiment-registry';
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
  return scrollingTable({
    caption: `${summary.title}: ${summary.published ? 'our figures beside the published ones' : 'figures'}`,
    className: 'figures',
    heads: ['setting', 'figures of', ...heads],
    groups: blocks.map(({ title, rows }) =>
      rows.map(
        (row, index) =>
          html`<tr class="${row.kind}">
            ${index === 0 && html`<th scope="rowgroup" rowspan="${rows.length}">${title}</th>`}
            <th scope="row">${row.title}</th>
            ${figureCells(row)}
          </tr>`,
      ),
    ),
  });
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
  return scrollingTable({
    caption: `${summary.title}: do the orderings of the settings agree?`,
    className: 'orderings',
    heads: columns.map(({ title }) => (title === 'τ_b' ? html`<th scope="col">τ<sub>b</sub></th>` : title)),
    groups: [
      rows.map(
        ([name, ...cells]) =>
          html`<tr>
            <th scope="row">${name}</th>
            ${cells.map((cell, i) => html`<td class="${columns[i + 1]!.kind === 'text' ? 'text' : ''}">${cell}</td>`)}
          </tr>`,
      ),
    ],
  });
}

/** Every trial with its state. */
export function trialsTable({ groups, title, figures }: StudySummary): Html {
  const shown = figures.filter(({ better, key }) => better !== undefined || key.startsWith('loss/'));
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
      <td>${result?.chosenBy?.step ?? result?.best?.step ?? ''}</td>
      <td>${result?.stepsPerSecond?.toFixed(2) ?? ''}</td>
      <td>${result ? durationText(result.seconds) : ''}</td>
    </tr>`;
  return scrollingTable({
    caption: `${title}: every trial`,
    className: 'trials',
    heads: [
      'setting',
      'seed',
      'state',
      ...shown.map(({ name }) => name.replace('loss/', 'loss, ')),
      'steps',
      'best step',
      'steps/s',
      'time',
    ],
    groups: [groups.flatMap(({ label, trials }) => trials.map((trial) => row(label, trial)))],
  });
}

const SHARES = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** The loss curves in a few numbers. */
export function lossTable(curves: LossCurves, title: string): Html {
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
  return scrollingTable({
    caption: `${title}: mean losses along the training`,
    heads: ['setting', 'loss of the', ...SHARES.map((share) => `${Math.round(share * 100)} %`)],
    groups: [rows],
  });
}
