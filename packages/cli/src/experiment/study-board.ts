import { defined } from '@medgan/files';
import type { TrialProgress } from '@medgan/plugin-api';
import type { StudyEvent, TrialState } from '@medgan/experiment-registry';

/** A trial as it is shown. */
export interface BoardRow {
  readonly label: string;
  readonly state: TrialState;
  /** What it does while it makes no steps. */
  readonly phase?: string;
  readonly progress?: TrialProgress;
  /** Its time so far as of its end. */
  readonly seconds?: number;
  readonly reason?: string;
}

/** What is known of the trials of a study while it runs. */
export class StudyBoard {
  readonly #rows: BoardRow[] = [];

  get rows(): readonly BoardRow[] {
    return this.#rows;
  }

  take(event: StudyEvent): void {
    if (event.kind === 'study-started') {
      this.#rows.splice(0, Infinity, ...event.records.map(({ label, state }) => ({ label, state })));
      return;
    }
    if (event.kind === 'study-ended' || event.kind === 'moved') return;
    const { index } = event;
    const row = this.#rows[index]!;
    if (event.kind === 'message') {
      const { message } = event;
      if (message.kind === 'phase') this.#rows[index] = { ...row, phase: message.text };
      if (message.kind === 'progress') {
        const { phase: _phase, ...rest } = row;
        this.#rows[index] = { ...rest, progress: message.progress };
      }
      return;
    }
    const { state, result } = event.record;
    const kept = event.kind === 'started' ? { phase: 'starting' } : {};
    this.#rows[index] = {
      label: row.label,
      state,
      ...kept,
      ...(row.progress ? { progress: row.progress } : {}),
      ...(result ? { seconds: result.seconds } : {}),
      ...defined({ reason: result?.reason }),
    };
  }
}
