import type { Instant } from '../../time.ts';
import type { ArmColumns } from './spec.ts';

/**
 * What is judged of counts, a column each and a place an interval: days of a check are thousands of
 * intervals, and each is looked at by every test.
 */
export interface CountRows extends Columns {
  length: number;
}

interface Columns {
  from: Float64Array;
  to: Float64Array;
  /** Which intervals are bet on alike. */
  like: Float64Array;
  treatment: ArmColumns;
  control: ArmColumns;
}

/** Room for so many intervals at least. */
const ROOM = 64;

export const startRows = (): CountRows => ({ length: 0, ...columnsOf(0) });

/** Columns with room for so many intervals, in one piece of memory: pieces are what is dear. */
function columnsOf(room: number): Columns {
  const bytes = room * Float64Array.BYTES_PER_ELEMENT;
  const memory = new ArrayBuffer(COLUMNS * bytes);
  const column = (place: number): Float64Array => new Float64Array(memory, place * bytes, room);
  return {
    from: column(0),
    to: column(1),
    like: column(2),
    treatment: { events: column(3), totals: column(4) },
    control: { events: column(5), totals: column(6) },
  };
}

const COLUMNS = 7;

/** Makes room for so many intervals in all. */
export function makeRoom(rows: CountRows, length: number): void {
  const { from, to, like, treatment, control } = rows;
  if (length <= from.length) return;
  const larger = columnsOf(Math.max(length, 2 * from.length, ROOM));
  larger.from.set(from);
  larger.to.set(to);
  larger.like.set(like);
  larger.treatment.events.set(treatment.events);
  larger.treatment.totals.set(treatment.totals);
  larger.control.events.set(control.events);
  larger.control.totals.set(control.totals);
  Object.assign(rows, larger);
}

/** Adds an interval: x events of n in the treatment, y of N in the control; none of none where it was not there. */
export function addRow(
  rows: CountRows,
  from: Instant,
  to: Instant,
  like: number,
  x: number,
  n: number,
  y: number,
  N: number,
): void {
  const place = rows.length;
  makeRoom(rows, place + 1);
  rows.from[place] = from;
  rows.to[place] = to;
  rows.like[place] = like;
  rows.treatment.events[place] = x;
  rows.treatment.totals[place] = n;
  rows.control.events[place] = y;
  rows.control.totals[place] = N;
  rows.length += 1;
}
