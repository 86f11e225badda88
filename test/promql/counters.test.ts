import { describe, expect, it } from 'vitest';
import { overTimeCall } from '../../src/promql/counters.ts';

describe('a query of counters', () => {
  it.each([
    ['a selector', 'http_requests_total{code=~"5.."}'],
    ['a sum', 'sum by (pod) (http_requests_total)'],
    ['counters with another label', 'label_replace(x, "a", "b", "", "")'],
    ['a counter as it was last seen', 'last_over_time(x[10m])'],
    ['a call in a string', 'x{a="rate(y[5m])", b=\'increase(\', c=`delta(`}'],
    ['a call in a string with escaped quotes', 'x{a="\\"rate(y[5m])"}'],
    ['a call in a comment', 'x # not rate(x[5m])'],
    ['labels and metrics with such names', 'rate{increase="a"} or sum by (rate) (birate)'],
  ])('may be %s', (_, query) => {
    expect(overTimeCall(query)).toBeUndefined();
  });

  it.each([
    ['rate(x[5m])', 'rate', 'x'],
    ['sum(irate (x{a="("}[5m]))', 'irate', 'x{a="("}'],
    ['increase(x[1h]) # a comment', 'increase', 'x'],
    ['max_over_time(x[5m])', 'max_over_time', 'x'],
    ['"string" + delta(x[5m])', 'delta', 'x'],
    ['rate(x)', 'rate', undefined],
    ['INCREASE(x[5m])', 'increase', 'x'],
    ['rollup_rate(x[5m])', 'rollup_rate', 'x'],
  ])('is not %s', (query, name, counter) => {
    expect(overTimeCall(query)).toEqual({ name, ...(counter ? { counter } : {}) });
  });
});
