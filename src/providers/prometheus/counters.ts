import type {
  Answer,
  BucketsQuestion,
  IncrementsQuestion,
  Question,
  Unavailable,
} from '../../model/measurement.ts';
import { type OverTimeCall, overTimeCall } from '../../promql/counters.ts';
import { type Counter, counterOf } from '../counter.ts';
import { answerByCounters } from '../growth.ts';
import {
  inOrder,
  isRecord,
  malformed,
  type Quote,
  readBody,
  readPoint,
  unavailable,
} from './answer.ts';

/** A question that raw counters answer. */
export type CountersQuestion = IncrementsQuestion | BucketsQuestion;

/** Tells the expressions of one request apart; no metric of a user's has such a label. */
const PART = 'sluice_part';

/**
 * Several expressions as one: the union of what they select, each series labelled with the place
 * of its expression. On lines of their own, so that a comment at an expression's end ends there.
 * (https://prometheus.io/docs/prometheus/latest/querying/operators/#logical-set-binary-operators)
 */
export function unionOf({ queries }: CountersQuestion): string {
  return queries
    .map((query, part) => `label_replace(\n${query}\n, "${PART}", "${part}", "", "")`)
    .join(' or ');
}

/**
 * Why counters are not asked for. What a `rate()` or an `increase()` grew by is not what was counted,
 * so no verdict may rest on it, and no rollback either.
 */
export function refusedCounters(question: Question): Unavailable | undefined {
  if (question.kind !== 'increments' && question.kind !== 'buckets') return undefined;
  const [call] = question.queries.flatMap((query) => overTimeCall(query) ?? []);
  return call && unavailable('not-a-counter', notACounter(call));
}

function notACounter({ name, counter }: OverTimeCall): string {
  const instead = counter === undefined ? 'the counter alone' : `\`${counter}\` alone`;
  return `the query has \`${name}()\` where a plain counter is needed, because Sluice works out the growth itself; in the config, write ${instead} (\`sluice validate\` shows the place)`;
}

/** Reads the answer to a range query of such a union. */
export function readCounters(text: string, question: CountersQuestion, quote: Quote): Answer {
  return readBody(text, quote, isRecord, (data) => read(data, question));
}

function read(data: Readonly<Record<string, unknown>>, question: CountersQuestion): Answer {
  const { resultType, result } = data;
  if (resultType !== 'matrix' || !Array.isArray(result) || !result.every(isRecord)) {
    return malformed('the data is not a matrix');
  }
  const found = question.queries.map((): Counter[] => []);
  for (const { metric, values, histograms } of result) {
    const { [PART]: part, ...labels } = isRecord(metric) ? metric : {};
    const place = found[Number(part)];
    if (place === undefined) return malformed('a series was not asked for');
    if (histograms !== undefined || !Array.isArray(values)) {
      const what = 'the query gives a native histogram where counters are expected';
      return unavailable('wrong-type', `${what}; select a classic histogram's buckets, or a count`);
    }
    const points = inOrder(question, values.map(readPoint));
    if ('kind' in points) return points;
    if (!isTexts(labels)) return malformed('a label is no text');
    place.push(counterOf(points, question, labels.le));
  }
  return answerByCounters(question, found);
}

const isTexts = (
  labels: Readonly<Record<string, unknown>>,
): labels is Readonly<Record<string, string>> =>
  Object.values(labels).every((label) => typeof label === 'string');
