import { describe, expect, it } from 'vitest';
import type { Counter, CountersQuery } from '../../src/model/measurement.ts';
import { readCounters, unionOf } from '../../src/providers/prometheus/counters.ts';

const QUERY: CountersQuery = {
  kind: 'counters',
  expressions: ['errors{variant="on"}', 'all{variant="on"}   # both codes'],
  from: 0,
  to: 120_000,
  step: 60_000,
};

const read = (data: unknown, more = {}) =>
  readCounters(JSON.stringify({ status: 'success', data, ...more }), QUERY, (words) => words);

const matrix = (...result: readonly unknown[]) => read({ resultType: 'matrix', result });

/** A pod's counter by what it showed at which of the moments. */
const counter = (pod: string, shown: Readonly<Record<number, number>>): Counter => ({
  labels: { pod },
  places: Int32Array.from(Object.keys(shown), Number),
  values: Float64Array.from(Object.values(shown)),
});

describe('counters of a Prometheus', () => {
  it('are asked for in one query, whatever stands at the end of an expression', () => {
    expect(unionOf(QUERY)).toBe(
      'label_replace(\nerrors{variant="on"}\n, "sluice_part", "0", "", "") or label_replace(\nall{variant="on"}   # both codes\n, "sluice_part", "1", "", "")',
    );
  });

  it('are told apart by their part, and keep their labels', () => {
    const answer = matrix(
      {
        metric: { sluice_part: '1', pod: 'a' },
        values: [
          [0, '5'],
          [60, '7'],
        ],
      },
      { metric: { sluice_part: '0', pod: 'a' }, values: [[60, '1']] },
      { metric: { sluice_part: '1', pod: 'b' }, values: [[120, '2']] },
    );
    expect(answer).toEqual({
      kind: 'counters',
      found: [[counter('a', { 1: 1 })], [counter('a', { 0: 5, 1: 7 }), counter('b', { 2: 2 })]],
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
