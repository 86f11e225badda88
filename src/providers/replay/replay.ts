import type {
  Answer,
  Counter,
  CountersAnswer,
  CountersQuery,
  MetricsProvider,
  Point,
  Query,
} from '../../model/measurement.ts';
import { type Duration, type Instant, MINUTE } from '../../time.ts';
import { counterOf } from '../counter.ts';
import { escapePromql } from '../prometheus/promql.ts';
import { readCsv } from './csv.ts';
import { readJson } from './json.ts';
import { type Recording, recordingOf, type Track } from './recording.ts';

/** A recording to be played back in place of a live provider. */
export interface ReplayOptions {
  /** The name the config gives it. */
  readonly name: string;
  /** What the file holds. */
  readonly text: string;
  readonly format: 'csv' | 'json';
  /** How old a value may be and still count. 5 minutes unless given, as in Prometheus. */
  readonly lookback?: Duration;
  /** Where the text came from, for messages. */
  readonly path: string;
}

/** As many as Prometheus gives for a series in one answer. */
const MAX_POINTS = 11_000;

/**
 * Answers from a recorded file. The name of a series is the resolved query, to the letter; a query
 * of which there is no recording finds nothing, as an unknown metric does in Prometheus.
 *
 * At any moment the value is the newest one recorded at or before it, unless that is older than the
 * lookback (exactly as old still counts) or an explicit "no data", which ends the series until it is
 * taken up again: Prometheus' rules of staleness.
 *
 * A broken file answers every query with `malformed`, naming file, line and reason.
 */
export function createReplay(options: ReplayOptions): MetricsProvider {
  const { name, text, format, path, lookback = 5 * MINUTE } = options;
  const recording = recordingOf(() => (format === 'csv' ? readCsv(text) : readJson(text)));
  return {
    name,
    // A recording stands in for a Prometheus, so that the queries resolve to the same text.
    escape: escapePromql,
    query: (query) => Promise.resolve(answer(query, recording, lookback, path)),
    counters: (query) => Promise.resolve(counters(query, recording, lookback, path)),
  };
}

function answer(query: Query, recording: Recording, lookback: Duration, path: string): Answer {
  if (recording.kind === 'broken') {
    const detail = `${path}, line ${recording.line}: ${recording.problem}`;
    return { kind: 'unavailable', reason: 'malformed', detail };
  }
  const track = recording.tracks.get(query.expression);
  const points: Point[] = [];
  if (query.kind === 'instant') {
    const value = track && valueAt(track, query.at, lookback);
    if (value !== undefined) points.push({ at: query.at, value });
    return { kind: 'series', points, warnings: [] };
  }
  // `!(… > 0)` and `!(… <= max)` hold for NaN too.
  if (!(query.step > 0) || !((query.to - query.from) / query.step <= MAX_POINTS)) {
    const detail = `${path}: the range gives more than ${MAX_POINTS} points; use a larger step`;
    return { kind: 'unavailable', reason: 'query-error', detail };
  }
  for (let at = query.from; track && at <= query.to; at += query.step) {
    const value = valueAt(track, at, lookback);
    if (value !== undefined) points.push({ at, value });
  }
  return { kind: 'series', points, warnings: [] };
}

/** A recorded series of an expression's name is one counter. */
function counters(
  query: CountersQuery,
  recording: Recording,
  lookback: Duration,
  path: string,
): CountersAnswer {
  const found: (readonly Counter[])[] = [];
  for (const expression of query.expressions) {
    const range = { ...query, kind: 'range', expression } as const;
    const read = answer(range, recording, lookback, path);
    if (read.kind === 'unavailable') return read;
    found.push(read.points.length === 0 ? [] : [counterOf({}, read.points, query)]);
  }
  return { kind: 'counters', found, warnings: [] };
}

function valueAt(track: Track, at: Instant, lookback: Duration): number | undefined {
  const index = lastAtOrBefore(track.times, at);
  const recorded = track.times[index];
  if (recorded === undefined || at - recorded > lookback) return undefined;
  return track.values[index];
}

/** Index of the newest time at or before a moment, -1 when all are later. Times ascend. */
function lastAtOrBefore(times: readonly Instant[], at: Instant): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? at) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
