import { defined } from '../../defined.ts';
import type { Answer, Grid, MetricsProvider, Point, Question } from '../../model/measurement.ts';
import { type Duration, type Instant, MINUTE } from '../../time.ts';
import { counterOf } from '../counter.ts';
import { answerByCounters } from '../growth.ts';
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
    // Nothing is waited for: one turn is enough.
    atOnce: Number.POSITIVE_INFINITY,
    ask: (questions) =>
      Promise.resolve(questions.map((question) => answer(question, recording, lookback, path))),
  };
}

function answer(
  question: Question,
  recording: Recording,
  lookback: Duration,
  path: string,
): Answer {
  if (recording.kind === 'broken') {
    const detail = `${path}, line ${recording.line}: ${recording.problem}`;
    return { kind: 'unavailable', reason: 'malformed', detail };
  }
  const { tracks } = recording;
  if (question.kind === 'value') {
    const track = tracks.get(question.query);
    const value = track && valueAt(track, question.at, lookback);
    return { kind: 'value', ...defined({ value }), warnings: [] };
  }
  if (question.kind === 'matched') {
    const { from, to, query, anyOf } = question;
    const shape = shapeOf(query, anyOf);
    const matched = [...tracks].some(
      ([name, { times }]) =>
        shapeOf(name, anyOf) === shape && times.some((at) => at >= from && at <= to),
    );
    return { kind: 'matched', matched, warnings: [] };
  }
  if (hasTooMany(question)) {
    const detail = `${path}: the range gives more than ${MAX_POINTS} points; use a larger step`;
    return { kind: 'unavailable', reason: 'query-error', detail };
  }
  const pointsOf = (query: string): readonly Point[] =>
    valuesOn(question, tracks.get(query), lookback);
  if (question.kind === 'series') {
    return { kind: 'series', points: pointsOf(question.query), warnings: [] };
  }
  // A recorded series of a query's name is one counter.
  const found = question.queries.map((query) => {
    const points = pointsOf(query);
    return points.length === 0 ? [] : [counterOf(points, question)];
  });
  return answerByCounters(question, found);
}

/** The name of a series with some of its words left open: that of another flag has the same. */
const shapeOf = (name: string, anyOf: readonly string[]): string =>
  name
    .split(/([\w.-]+)/)
    .map((word) => (anyOf.includes(word) ? '*' : word))
    .join('');

/** `!(… > 0)` and `!(… <= max)` hold for NaN too. */
const hasTooMany = ({ from, to, step }: Grid): boolean =>
  !(step > 0) || !((to - from) / step <= MAX_POINTS);

function valuesOn(
  { from, to, step }: Grid,
  track: Track | undefined,
  lookback: Duration,
): readonly Point[] {
  const points: Point[] = [];
  for (let at = from; track && at <= to; at += step) {
    const value = valueAt(track, at, lookback);
    if (value !== undefined) points.push({ at, value });
  }
  return points;
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
