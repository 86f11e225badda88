import { describe, expect, it } from 'vitest';
import { type QueryFinding, readQuery } from '../../src/promql/read.ts';
import { withinLimit } from '../support/cpu.ts';

function inWords(finding: QueryFinding, query: string): string {
  const { start, end } = finding;
  const about = query.slice(start, end);
  switch (finding.kind) {
    case 'syntax':
      return `syntax at ${start}: ${about}`;
    case 'unquoted':
      return `unquoted ${finding.as}: ${about}`;
    case 'over-time':
    case 'aggregated': {
      const counters = finding.counters.map((each) => query.slice(each.start, each.end));
      return `${finding.kind} ${finding.what} of ${counters.join(' and ')}: ${about}`;
    }
  }
}

/** What is found in a query, each with the text it is about. */
const found = (query: string): readonly string[] =>
  readQuery(query).map((finding) => inWords(finding, query));

describe('a query', () => {
  it.each([
    'http_requests_total{flag="{{flag}}",code=~"5.."}',
    '{__name__="{{labels.service}}_errors_total"}',
    '{"http.requests", a="b"}',
    '# why\nx{a="b",}',
    'x or vector(0)',
    'x * on(pod) group_left y',
    'last_over_time(x[10m])',
    'x / {{labels.capacity}}',
    '{{ labels.share }} * x',
    'x >= {{labels.least}}',
    'label_replace(x, "a", "{{flag}}", "", "")',
  ])('may be %s', (query) => {
    expect(found(query)).toEqual([]);
  });

  it.each([
    ['rate(x[{{window}}])', ['over-time `rate()` of x: rate(x[{{window}}])']],
    [
      'sum(increase(x{flag="{{flag}}"}[1h]))',
      ['over-time `increase()` of x{flag="{{flag}}"}: increase(x{flag="{{flag}}"}[1h])'],
    ],
    [
      'sum(rate(x[5m])) / sum(rate(y[5m]))',
      ['over-time `rate()` of x: rate(x[5m])', 'over-time `rate()` of y: rate(y[5m])'],
    ],
    ['deriv(x[5m:1m])', ['over-time `deriv()` of x: deriv(x[5m:1m])']],
    ['x[5m]', ['over-time a range of x: x[5m]']],
    ['last_over_time(x[5m:1m])', ['over-time a subquery of x: x[5m:1m]']],
    ['x offset {{ window }}', ['over-time `offset` of x: x offset {{ window }}']],
    ['x @ end()', ['over-time `@` of x: x @ end()']],
    ['sum by (pod) (x)', ['aggregated `sum()` of x: sum by (pod) (x)']],
    ['max(x) + 1', ['aggregated `max()` of x: max(x)']],
    ['x{flag={{flag}}}', ['unquoted value: {{flag}}']],
    ['x{flag=~{{flag}}, b="c"}', ['unquoted value: {{flag}}']],
    ['x{flag=v-{{flag}}}', ['unquoted name: {{flag}}']],
    ['{{flag}}_total{a="b"}', ['unquoted name: {{flag}}_total']],
    ['a_{{flag}}_{{variant}} + b', ['unquoted name: a_{{flag}}_{{variant}}']],
    ['{{labels.metric}}', ['unquoted name: {{labels.metric}}']],
    ['rate({{labels.metric}}[5m])', ['unquoted name: {{labels.metric}}']],
    ['sum by ({{labels.by}}) (x)', ['unquoted name: {{labels.by}}']],
    ['sum(rate(x[5m])', ['syntax at 14: )']],
    ['x{a="b" c="d"}', ['syntax at 8: c']],
    ['sum(x))', ['syntax at 6: )']],
    ['x y', ['syntax at 2: y']],
    ['errors of {{flag}}', ['unquoted name: {{flag}}']],
    ['   ', ['syntax at 0:  ']],
  ])('is not %s', (query, what) => {
    expect(found(query).map((each) => each.trimEnd())).toEqual(what.map((each) => each.trimEnd()));
  });
});

it('is read quickly, whatever is in it', () => {
  const hostile = ['(', 'sum(', '{{a}}', 'x{a="b",', '"', '{a={{a}},', 'x[5m:1m]', 'rate(x)+', '-'];
  for (const part of hostile) {
    const query = part.repeat(Math.floor(10_000 / part.length));
    // As many of the longest queries as a file may hold.
    withinLimit(part, () => Array.from({ length: 25 }, () => readQuery(query)));
  }
});
