import type { Counter, CountersAnswer, CountersQuery } from '../../model/measurement.ts';
import { counterOf } from '../counter.ts';
import {
  inOrder,
  isRecord,
  malformed,
  type Quote,
  readBody,
  readPoint,
  unavailable,
} from './answer.ts';

/** Tells the expressions of one request apart; no metric of a user's has such a label. */
const PART = 'sluice_part';

/**
 * Several expressions as one: the union of what they select, each series labelled with the place
 * of its expression. On lines of their own, so that a comment at an expression's end ends there.
 * (https://prometheus.io/docs/prometheus/latest/querying/operators/#logical-set-binary-operators)
 */
export function unionOf({ expressions }: CountersQuery): string {
  return expressions
    .map((expression, part) => `label_replace(\n${expression}\n, "${PART}", "${part}", "", "")`)
    .join(' or ');
}

/** Reads the answer to a range query of such a union. */
export function readCounters(text: string, query: CountersQuery, quote: Quote): CountersAnswer {
  return readBody(text, quote, (data) => read(data, query));
}

function read(data: Readonly<Record<string, unknown>>, query: CountersQuery): CountersAnswer {
  const { resultType, result } = data;
  if (resultType !== 'matrix' || !Array.isArray(result) || !result.every(isRecord)) {
    return malformed('the data is not a matrix');
  }
  const found = query.expressions.map((): Counter[] => []);
  for (const { metric, values, histograms } of result) {
    const { [PART]: part, ...labels } = isRecord(metric) ? metric : {};
    const place = found[Number(part)];
    if (place === undefined) return malformed('a series was not asked for');
    if (histograms !== undefined || !Array.isArray(values)) {
      const what = 'the query gives a native histogram where counters are expected';
      return unavailable('wrong-type', `${what}; select a classic histogram's buckets, or a count`);
    }
    const points = inOrder({ ...query, kind: 'range' }, values.map(readPoint));
    if ('kind' in points) return points;
    const texts = textsOf(labels);
    if (texts === undefined) return malformed('a label is no text');
    place.push(counterOf(texts, points, query));
  }
  return { kind: 'counters', found, warnings: [] };
}

/** Labels as text, which they always are: of a list in lists in lists there is no text. */
function textsOf(
  labels: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> | undefined {
  const isText = (entry: [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string';
  const entries = Object.entries(labels);
  return entries.every(isText) ? Object.fromEntries(entries) : undefined;
}
