import { describe, expect, it } from 'vitest';
import type { IncrementsQuestion } from '../../src/model/measurement.ts';
import { readCounters, refusedCounters, unionOf } from '../../src/providers/prometheus/counters.ts';

const QUESTION: IncrementsQuestion = {
  kind: 'increments',
  queries: ['errors{variant="on"}', 'all{variant="on"}   # both codes'],
  from: 0,
  to: 120_000,
  step: 60_000,
};

const read = (data: unknown, more = {}) =>
  readCounters(JSON.stringify({ status: 'success', data, ...more }), QUESTION, (words) => words);

const matrix = (...result: readonly unknown[]) => read({ resultType: 'matrix', result });

describe('counters of a Prometheus', () => {
  it('are asked for in one query, whatever stands at the end of an expression', () => {
    expect(unionOf(QUESTION)).toBe(
      'label_replace(\nerrors{variant="on"}\n, "sluice_part", "0", "", "") or label_replace(\nall{variant="on"}   # both codes\n, "sluice_part", "1", "", "")',
    );
  });

  const two = [
    {
      metric: { sluice_part: '1', pod: 'a', le: '0.5' },
      values: [
        [0, '5'],
        [60, '7'],
      ],
    },
    { metric: { sluice_part: '0', pod: 'a', le: '0.5' }, values: [[60, '1']] },
    { metric: { sluice_part: '1', pod: 'b', le: '+Inf' }, values: [[120, '2']] },
  ];

  it('are told apart by their part, and added up', () => {
    expect(matrix(...two)).toEqual({
      kind: 'increments',
      found: [
        { seen: true, places: Int32Array.of(0), by: Float64Array.of(1) },
        { seen: true, places: Int32Array.of(0, 1), by: Float64Array.of(2, 2) },
      ],
      warnings: [],
    });
  });

  it('are told apart by their bounds where buckets are asked for', () => {
    const body = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: two } });
    expect(readCounters(body, { ...QUESTION, kind: 'buckets' }, (words) => words)).toEqual({
      kind: 'buckets',
      found: [
        [{ le: 0.5, places: Int32Array.of(0), by: Float64Array.of(1) }],
        [
          { le: 0.5, places: Int32Array.of(0), by: Float64Array.of(2) },
          { le: Number.POSITIVE_INFINITY, places: Int32Array.of(1), by: Float64Array.of(2) },
        ],
      ],
      warnings: [],
    });
  });

  it.each<{ what: string; answer: unknown; reason: string }>([
    { what: 'a vector', answer: read({ resultType: 'vector', result: [] }), reason: 'malformed' },
    { what: 'no list', answer: read({ resultType: 'matrix', result: {} }), reason: 'malformed' },
    {
      what: 'a part that was not asked for',
      answer: matrix({ metric: { sluice_part: '2' }, values: [] }),
      reason: 'malformed',
    },
    { what: 'no part', answer: matrix({ metric: {}, values: [] }), reason: 'malformed' },
    { what: 'no values', answer: matrix({ metric: { sluice_part: '0' } }), reason: 'wrong-type' },
    {
      what: 'a native histogram',
      answer: matrix({ metric: { sluice_part: '0' }, histograms: [[0, {}]] }),
      reason: 'wrong-type',
    },
    {
      what: 'labels that are no text',
      answer: matrix({ metric: { sluice_part: '0', pod: [1] }, values: [[0, '5']] }),
      reason: 'malformed',
    },
    {
      what: 'a value that is no string',
      answer: matrix({ metric: { sluice_part: '0' }, values: [[0, 5]] }),
      reason: 'malformed',
    },
    {
      what: 'samples of another day',
      answer: matrix({ metric: { sluice_part: '0' }, values: [[86_400, '5']] }),
      reason: 'wrong-time',
    },
    {
      what: 'half an answer',
      answer: read({ resultType: 'matrix', result: [] }, { warnings: ['a store is down'] }),
      reason: 'partial',
    },
  ])('that are $what are unavailable: $reason', ({ answer, reason }) => {
    expect(answer).toMatchObject({ kind: 'unavailable', reason });
  });
});

describe('a query of counters', () => {
  const refused = (query: string, more: Partial<IncrementsQuestion> = {}) =>
    refusedCounters({ ...QUESTION, ...more, queries: ['x', query] });

  it('is not asked if it makes something else of them', () => {
    expect(refused('sum(increase(errors{pod="a"}[1h]))')).toEqual({
      kind: 'unavailable',
      reason: 'not-a-counter',
      detail:
        'the query has `increase()` where a plain counter is needed, because Sluice works out the growth itself; in the config, write `errors{pod="a"}` alone (`sluice validate` shows the place)',
    });
  });

  it('is asked if it does not, and so is any other question', () => {
    expect(refused('sum(errors)')).toBeUndefined();
    expect(refusedCounters({ kind: 'value', query: 'rate(errors[5m])', at: 0 })).toBeUndefined();
  });
});
