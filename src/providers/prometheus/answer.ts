import { parseJson } from '../../json.ts';
import type {
  Answer,
  Point,
  SeriesQuestion,
  Unavailable,
  UnavailableReason,
  ValueQuestion,
} from '../../model/measurement.ts';
import { type Moments, placeOn } from '../moments.ts';

/** Repeats the server's words safely: one line, at most `limit` characters, no secrets. */
export type Quote = (words: string, limit: number) => string;

const MAX_WARNINGS = 5;
const WORDS = 200;

/** Prometheus' error types that blame neither the query nor its author. */
const SERVER_FAULTS = new Set(['internal', 'unavailable', 'not_found', 'too_many_requests']);

/**
 * How Prometheus' engine begins its remarks on a query (`util/annotations`). Any other warning is of
 * what holds the data: a remote read that failed, a store that Thanos did not reach. A number made of
 * what was left is not the number that was asked for. VictoriaMetrics says `isPartial` instead.
 */
const ANNOTATION = /^PromQL (info|warning)/;

/**
 * Reads the body of an answer of Prometheus' HTTP API, whatever its status
 * (https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview).
 *
 * @param text the body.
 * @param question what was asked: for a value a server gives a scalar or a vector, for a series a
 *   matrix
 * @param quote makes the server's words safe to repeat.
 * @returns the answer; `detail` does not name the endpoint yet.
 */
export function readNumbers(text: string, question: NumberQuestion, quote: Quote): Answer {
  return readBody(text, quote, isRecord, (data) => readData(data, question, quote));
}

/** A question that one series answers. */
export type NumberQuestion = ValueQuestion | SeriesQuestion;

/**
 * Reads a list of series (https://prometheus.io/docs/prometheus/latest/querying/api/#finding-series-by-label-matchers):
 * whether there is one.
 */
export const readMatched = (text: string, quote: Quote): Answer =>
  readBody(text, quote, Array.isArray, (series) => ({
    kind: 'matched',
    matched: series.length > 0,
    warnings: [],
  }));

/** Reads what every answer has around its data: status, errors, warnings. */
export function readBody<Data>(
  text: string,
  quote: Quote,
  isData: (data: unknown) => data is Data,
  read: (data: Data) => Answer,
): Answer {
  const body = parseJson(text);
  if (!isRecord(body)) {
    const start = quote(text, 60);
    return malformed(
      `the answer is not Prometheus' JSON but ${start === '' ? 'empty' : `“${start}”`}`,
    );
  }
  if (body.status === 'error') return serverError(body, quote);
  if (body.status !== 'success' || !isData(body.data)) {
    return malformed('the JSON has no `status` and `data` as Prometheus gives them');
  }
  const answer = read(body.data);
  if (answer.kind === 'unavailable') return answer;
  const warned = textsIn(body.warnings);
  const missing = warned.find((warning) => !ANNOTATION.test(warning));
  if (missing !== undefined || body.isPartial === true) {
    const said = missing === undefined ? '' : `: ${quote(missing, WORDS)}`;
    return unavailable('partial', `the answer is only part of what was asked for${said}`);
  }
  const told = [...warned, ...textsIn(body.infos)].slice(0, MAX_WARNINGS);
  return { ...answer, warnings: told.map((warning) => quote(warning, WORDS)) };
}

function serverError(body: Readonly<Record<string, unknown>>, quote: Quote): Unavailable {
  const type = typeof body.errorType === 'string' ? quote(body.errorType, 40) : 'no errorType';
  const words = typeof body.error === 'string' ? quote(body.error, WORDS) : 'no words';
  if (type === 'timeout') {
    return unavailable('timeout', `the server gave the query up: ${words}; make the query cheaper`);
  }
  if (SERVER_FAULTS.has(type)) {
    return unavailable('http-error', `the server could not answer (${type}): ${words}`);
  }
  return unavailable('query-error', `the server refuses the query (${type}): ${words}; correct it`);
}

function readData(
  data: Readonly<Record<string, unknown>>,
  question: NumberQuestion,
  quote: Quote,
): Answer {
  const { resultType, result } = data;
  const isValue = question.kind === 'value';
  if (isValue && resultType === 'scalar') return numbers(question, [readPoint(result)]);
  if (resultType !== (isValue ? 'vector' : 'matrix')) {
    if (typeof resultType !== 'string') return malformed('the data has no `resultType`');
    return unavailable('wrong-type', wrongType(quote(resultType, 40), question));
  }
  if (!Array.isArray(result) || !result.every(isRecord)) {
    return malformed(`the ${resultType} is not a list of series`);
  }
  const [only, other] = result;
  if (only === undefined) return numbers(question, []);
  if (other !== undefined) {
    const some = [only, other].map((one) => labels(one.metric, quote)).join(' and ');
    const what = `the query gives ${result.length} series where one is expected, such as ${some}; aggregate them, for instance with sum(…)`;
    return unavailable('several-series', what);
  }
  const samples = isValue ? only.value : only.values;
  if (samples === undefined && ('histogram' in only || 'histograms' in only)) {
    const what =
      'the query gives a native histogram where a number is expected; use histogram_quantile(…), histogram_sum(…) or histogram_count(…)';
    return unavailable('wrong-type', what);
  }
  if (isValue) return numbers(question, [readPoint(samples)]);
  if ('histograms' in only) {
    // Numbers and histograms in one series: the numbers alone would be a series with holes.
    return unavailable('wrong-type', 'the series mixes numbers and native histograms; select one');
  }
  return Array.isArray(samples)
    ? numbers(question, samples.map(readPoint))
    : malformed('a series has no `values`');
}

/** The number or numbers that were asked for, or what is wrong with them. */
function numbers(question: NumberQuestion, read: readonly (Point | undefined)[]): Answer {
  const points = inOrder(question, read);
  if ('kind' in points) return points;
  if (question.kind === 'series') return { kind: 'series', points, warnings: [] };
  const [point] = points;
  return { kind: 'value', ...(point ? { value: point.value } : {}), warnings: [] };
}

/** The points of one series, in order of time, on the moments asked about. */
export function inOrder(
  moments: Moments,
  read: readonly (Point | undefined)[],
): readonly Point[] | Unavailable {
  const points: Point[] = [];
  for (const point of read) {
    if (point === undefined) return malformed('a sample is not [seconds, "number"]');
    const last = points.at(-1);
    if (last && last.at >= point.at) return malformed('the samples are not in order of time');
    points.push(point);
  }
  const placed = placeOn(moments, points);
  if (placed === 'crowded') return malformed('there are more samples than were asked for');
  if (placed === 'elsewhere') {
    const what =
      'the answer is of another moment than the one asked about; check the clock, and that no cache stands before the server';
    return unavailable('wrong-time', what);
  }
  return placed;
}

/** `[1700000000.123, "0.25"]`: seconds, and the value as a string because JSON has no NaN. */
export function readPoint(sample: unknown): Point | undefined {
  if (!Array.isArray(sample) || sample.length !== 2) return undefined;
  const [seconds, text]: readonly unknown[] = sample;
  if (typeof seconds !== 'number' || typeof text !== 'string') return undefined;
  const at = Math.round(seconds * 1000);
  const value = readNumber(text);
  return Number.isSafeInteger(at) && value !== undefined ? { at, value } : undefined;
}

const NAMED_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['+inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
]);

/** No number is longer: Prometheus writes the smallest double as a point, 323 zeros and its digits. */
const MAX_NUMBER_LENGTH = 400;

/** Reads a number as Prometheus writes it, `NaN`, `+Inf` and `-Inf` included; otherwise `undefined`. */
export function readNumber(text: string): number | undefined {
  if (text.length > MAX_NUMBER_LENGTH) return undefined;
  const named = NAMED_NUMBERS.get(text.toLowerCase());
  if (named !== undefined) return named;
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

function wrongType(type: string, { kind }: NumberQuestion): string {
  if (kind === 'series') return `the query gives a ${type} where a matrix is expected`;
  const hint =
    type === 'matrix' ? '; wrap the range in a function such as rate(…) or avg_over_time(…)' : '';
  return `the query gives a ${type} where one number is expected${hint}`;
}

/** `{code="500", path="/"}`, shortened: labels are the most hostile text a metric carries. */
function labels(metric: unknown, quote: Quote): string {
  const pairs = isRecord(metric) ? Object.entries(metric).slice(0, 6) : [];
  // Each value by itself first: quotes around it must not hide a secret from `quote`.
  const text = (value: unknown): string => (typeof value === 'string' ? quote(value, 40) : '?');
  const written = pairs.map(([name, value]) => `${name}="${text(value)}"`);
  return quote(`{${written.join(', ')}}`, 80);
}

export function unavailable(reason: UnavailableReason, detail: string): Unavailable {
  return { kind: 'unavailable', reason, detail };
}

export function malformed(what: string): Unavailable {
  return unavailable('malformed', `${what}; check that the url is that of a Prometheus`);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textsIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
}
