import { type Instant, parseInstant, SECOND } from '../../time.ts';
import { readNumber } from '../prometheus/answer.ts';

/** One line of a recording. Without a value the series had no data at that moment. */
export interface Row {
  /** Where it stands in the file, from 1. */
  readonly line: number;
  readonly series: string;
  readonly at: Instant;
  readonly value: number | undefined;
}

/** A series in order of time, as two columns of the same length. */
export interface Track {
  readonly times: readonly Instant[];
  readonly values: readonly (number | undefined)[];
}

/** What a recording holds, by the name of the series, or where it is broken. */
export type Recording =
  | { readonly kind: 'recording'; readonly tracks: ReadonlyMap<string, Track> }
  | { readonly kind: 'broken'; readonly line: number; readonly problem: string };

/** Thrown by the readers of a format at the first thing they cannot read; caught in `recordingOf`. */
export class BrokenRecording extends Error {
  constructor(
    readonly line: number,
    readonly problem: string,
  ) {
    super(`line ${line}: ${problem}`);
  }
}

/** What a reader finds in a file: its rows in any order, and series that may have no row at all. */
export interface Rows {
  readonly rows: readonly Row[];
  readonly names: Iterable<string>;
}

/**
 * Puts the rows a format's reader found in order.
 *
 * @param read the reader; it throws `BrokenRecording` for a file it cannot read.
 */
export function recordingOf(read: () => Rows): Recording {
  try {
    const { rows, names } = read();
    const tracks = new Map<string, { times: Instant[]; values: (number | undefined)[] }>();
    for (const name of names) tracks.set(name, { times: [], values: [] });
    for (const row of rows.toSorted((a, b) => a.at - b.at || a.line - b.line)) {
      const track = tracks.get(row.series) ?? { times: [], values: [] };
      tracks.set(row.series, track);
      if (track.times.at(-1) === row.at) {
        throw new BrokenRecording(row.line, 'the series already has a value at this time');
      }
      track.times.push(row.at);
      track.values.push(row.value);
    }
    return { kind: 'recording', tracks };
  } catch (error) {
    if (!(error instanceof BrokenRecording)) throw error;
    return { kind: 'broken', line: error.line, problem: error.problem };
  }
}

/** The last second of the year 9999: a larger number of seconds was meant as milliseconds. */
const LAST_SECOND = 253_402_300_799;

/** Reads an ISO 8601 date or seconds since the epoch. */
export function readTime(text: string, line: number): Instant {
  const seconds = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  if (seconds !== undefined && Math.abs(seconds) > LAST_SECOND) {
    throw new BrokenRecording(line, `the time ${text} is beyond the year 9999; write seconds`);
  }
  const at = seconds === undefined ? parseInstant(text) : Math.round(seconds * SECOND);
  if (at !== undefined) return at;
  const what = `“${text.slice(0, 40)}” is no time; write 2026-12-01T09:00:00Z or seconds since 1970`;
  throw new BrokenRecording(line, what);
}

/** Reads a number, `NaN`, `Inf`, `+Inf` or `-Inf`; nothing at all means no data. */
export function readValue(text: string, line: number): number | undefined {
  if (text === '') return undefined;
  const value = readNumber(text);
  if (value !== undefined) return value;
  const what = `“${text.slice(0, 40)}” is no value; write a number, NaN, Inf, -Inf, or nothing`;
  throw new BrokenRecording(line, what);
}
