import type { Instant } from '../../time.ts';
import type { Counts } from './spec.ts';

/**
 * What is judged of counts, a column each and a place an interval: days of a check are thousands of
 * intervals, and each is looked at by every test.
 */
export interface CountRows {
  length: number;
  from: Float64Array;
  to: Float64Array;
  /** Which intervals are bet on alike. */
  like: Float64Array;
  readonly treatment: { events: Float64Array; totals: Float64Array };
  readonly control: { events: Float64Array; totals: Float64Array };
}

/** Room for so many intervals at least. */
const ROOM = 64;
const NONE = new Float64Array(0);

export function startRows(): CountRows {
  return {
    length: 0,
    from: NONE,
    to: NONE,
    like: NONE,
    treatment: { events: NONE, totals: NONE },
    control: { events: NONE, totals: NONE },
  };
}

/** Makes room for so many intervals in all. */
export function makeRoom(rows: CountRows, length: number): void {
  if (length <= rows.from.length) return;
  const room = Math.max(length, 2 * rows.from.length, ROOM);
  const larger = (column: Float64Array): Float64Array => {
    const copy = new Float64Array(room);
    copy.set(column);
    return copy;
  };
  rows.from = larger(rows.from);
  rows.to = larger(rows.to);
  rows.like = larger(rows.like);
  for (const arm of [rows.treatment, rows.control]) {
    arm.events = larger(arm.events);
    arm.totals = larger(arm.totals);
  }
}

/** Adds an interval; an arm that was not there has counted nothing. */
export function addRow(
  rows: CountRows,
  from: Instant,
  to: Instant,
  like: number,
  treatment: Counts | undefined,
  control: Counts | undefined,
): void {
  makeRoom(rows, rows.length + 1);
  const place = rows.length;
  rows.from[place] = from;
  rows.to[place] = to;
  rows.like[place] = like;
  if (treatment !== undefined) {
    rows.treatment.events[place] = treatment.events;
    rows.treatment.totals[place] = treatment.total;
  }
  if (control !== undefined) {
    rows.control.events[place] = control.events;
    rows.control.totals[place] = control.total;
  }
  rows.length += 1;
}
