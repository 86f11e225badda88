import { describe, expect, it } from 'vitest';
import { readConfigFile, readRolloutFile } from '../../src/files/read.ts';
import type { Finding } from '../../src/model/problem.ts';
import { readQuery } from '../../src/promql/read.ts';
import { queriesIn } from '../../src/review/definitions.ts';
import { review, reviewDefinitions, reviewQueries } from '../../src/review/review.ts';
import type { Document } from '../../src/yaml/parse.ts';
import { place } from '../../src/yaml/place.ts';
import { NOW } from '../support/builders.ts';

/** What is wrong with what the two files define: metrics, limits, ladders and servers. */

const PATH = '.github/sluice.yml';

/** A finding as people read it: how grave, which rule, where, what and what to do. */
function inWords(finding: Finding, document: Document): string {
  const { severity, code, at, message, hint } = place(finding, document, PATH);
  return `${severity} ${code} ${at.line}:${at.column} ${message} → ${hint}`;
}

function ofConfig(text: string): readonly string[] {
  const { config, document, problems } = readConfigFile(PATH, text, {});
  if (!config || !document) throw new Error(problems.map(({ message }) => message).join('\n'));
  const queries = queriesIn(config, document.value);
  const read = queries.map((query) => ({ ...query, findings: readQuery(query.text) }));
  const findings = [...reviewDefinitions(config, document.value), ...reviewQueries(read, config)];
  return findings.map((finding) => inWords(finding, document));
}

const PROVIDER = 'providers: {p: {type: prometheus, url: https://prometheus.test}}';

/** The lines of one metric, the first of which is line 4 of the config. */
const ofMetric = (...lines: readonly string[]): readonly string[] =>
  ofConfig([PROVIDER, 'metrics:', '  m:', ...lines.map((line) => `    ${line}`), ''].join('\n'));

const X = 'x_total{flag="{{flag}}",variant="{{variant}}"}';

describe('a query of counters', () => {
  const proportion = (events: string) => ofMetric(`events: ${events}`, `total: ${X}`);

  it.each([
    [
      `sum(increase(${X}[1h]))`,
      `error not-a-counter 4:17 \`events\` must be a plain counter, without \`increase()\` → write ${X}`,
    ],
    [
      `sum(rate(${X}[5m])) / sum(rate(y[5m]))`,
      `error not-a-counter 4:17 \`events\` must be a plain counter, without \`rate()\` → write ${X}`,
      'error not-a-counter 4:81 `events` must be a plain counter, without `rate()` → write y',
    ],
    [
      `'${X} offset 5m'`,
      `error not-a-counter 4:14 \`events\` must be a plain counter, without \`offset\` → write ${X}`,
    ],
    [
      `sum by (pod) (${X})`,
      `warning aggregated-counter 4:13 \`sum()\` makes one counter of several, so a restart of one of them counts what the others had again; Sluice adds up the growth of each series itself → write ${X}`,
    ],
    [
      `|\n      # failures\n      sum(\n        irate(${X}[5m]))`,
      `error not-a-counter 7:9 \`events\` must be a plain counter, without \`irate()\` → write ${X}`,
    ],
  ])('is not %s', (events, ...findings) => {
    expect(proportion(events)).toEqual(findings);
  });

  it.each([X, `'${X} or vector(0)'`, `last_over_time(${X}[10m])`, `'${X} * 0.001'`])(
    'may be %s',
    (events) => {
      expect(proportion(events)).toEqual([]);
    },
  );

  it('may be one of users, of buckets, of sums', () => {
    expect(
      ofConfig(
        `${PROVIDER}\nexposure: {users: 'increase(${X}[1h])'}\nmetrics:\n  h: {kind: distribution, buckets: 'rate(${X}[1h])'}\n  m: {kind: mean, count: 'rate(${X}[1h])', sum: 'delta(${X}[1h])', sum_of_squares: 'rate(${X}[1h])'}\n`,
      ).map((each) => each.split(' ').slice(0, 4).join(' ')),
    ).toEqual([
      'error not-a-counter 4:37 `buckets`',
      'error not-a-counter 5:27 `count`',
      'error not-a-counter 5:92 `sum`',
      'error not-a-counter 5:169 `sum_of_squares`',
      'error not-a-counter 2:20 `users`',
    ]);
  });
});

describe('any query', () => {
  const gauge = (query: string) => ofMetric(`query: ${query}`);

  it.each([
    [
      `'sum(rate(${X}[{{window}}])'`,
      "error query-syntax 4:80 the query is not PromQL from here on → correct it, or set `rules: {query-syntax: 'off'}` in the config's policy if your server speaks another dialect",
    ],
    [
      "'rate(x{flag={{flag}}}[5m])'",
      'error unquoted-placeholder 4:25 the placeholder `{{flag}}` needs quotes around it → write "{{flag}}"',
    ],
    [
      "'{{labels.service}}_up'",
      'error unquoted-placeholder 4:13 `{{labels.service}}_up` stands for a name, and a placeholder may only be in a string → for the name of a metric, write {__name__="{{labels.service}}_up"}',
    ],
  ])('is not %s', (query, ...findings) => {
    expect(gauge(query)).toEqual(findings);
  });

  it('may be a rate, if it is that of a gauge', () => {
    expect(gauge(`sum(rate(${X}[{{window}}])) / {{labels.pods}}`)).toEqual([]);
  });

  it('is the name of a series, if the provider is a recording', () => {
    expect(
      ofConfig(
        'providers: {p: {type: replay, path: metrics.csv}}\nmetrics: {m: {query: "errors {{flag}} {{variant}}"}}\n',
      ),
    ).toEqual([]);
  });
});

describe('a limit', () => {
  const METRIC = [`events: ${X}`, `total: ${X}`];

  it('relative to control needs a query of each variant', () => {
    const alike = ['events: a_total', 'total: b_total'];
    const limits = 'limits: {max_increase: 5%}';
    const finding =
      'error variant-not-in-query 6:13 `m` is compared with control, but its queries do not tell the variants apart → put `{{variant}}` into them, such as variant="{{variant}}", or give it a `baseline:` of {offset: 7d} or {before_start: 24h}';
    expect(ofMetric(...alike, limits)).toEqual([finding]);
    expect(ofMetric(...alike, limits, 'baseline: {offset: 7d}')).toEqual([]);
    expect(ofMetric(...alike, 'limits: {max: 5%}')).toEqual([]);
    expect(ofMetric(...METRIC, limits)).toEqual([]);
  });

  it.each([
    ['ratio', 'limits: {max_ratio: 0.5}', 'error implausible-limit', '`max_ratio: 0.5`'],
    ['ratio', 'limits: {max: 150%}', 'warning implausible-limit', 'no share is above 150 %'],
    ['ratio', 'warn: {min: 150%}', 'warning implausible-limit', 'every share is below 150 %'],
    ['count', 'limits: {max: 2}'],
    [
      'seconds',
      'limits: {max: 300}',
      'warning implausible-limit',
      '`max: 300` is 300 s',
      '`300ms`',
      '`300s`',
    ],
    ['seconds', "limits: {max: '300'}", 'warning implausible-limit', '`max: 300` is 300 s'],
    ['seconds', 'limits: {max: 300s}'],
    ['seconds', 'limits: {max: 60}'],
    ['seconds', 'limits: {max_increase: 20}', '`max_increase: 20` is 20 s', '`20%`', '`20s`'],
    ['seconds', 'limits: {max_increase: 0.1}'],
    ['milliseconds', 'limits: {max: 0.3}', 'less than a millisecond', '`0.3s`', '`0.3ms`'],
    ['milliseconds', 'limits: {max_increase: 0.05}', 'less than a millisecond', '`5%`'],
    ['milliseconds', 'limits: {max: 0.3ms}'],
    ['milliseconds', 'limits: {max: 300}'],
    ['bytes', 'limits: {max_increase: 0.1}', 'less than a byte', '`10%`'],
    ['bytes', 'limits: {max: 512}'],
    ['currency', 'limits: {max_increase: 0.05}'],
    ['currency', 'limits: {max_decrease: 100%}', 'nothing falls by more than all of it'],
    ['score', 'limits: {min: 0.05}'],
  ])('in %s: %s', (unit, limits, ...parts) => {
    const found = ofMetric(`unit: ${unit}`, `query: avg(${X})`, limits);
    expect(found).toHaveLength(parts.length === 0 ? 0 : 1);
    for (const part of parts) expect(found[0]).toContain(part);
  });
});

describe('a ladder', () => {
  const ladder = (...percentages: readonly (number | string)[]) =>
    ofConfig(
      `ladders:\n  slow: [${percentages.map((each, i) => `{name: s${i}, percentage: ${each}, duration: 1d}`).join(', ')}]\n`,
    );

  it('is of percentages, not of fractions', () => {
    expect(ladder(0.05, 0.5, 1)).toEqual([
      'warning ladder-in-fractions 2:120 `percentage: 1` is 1 %, not everyone, and the stages before it have less → write 5, 50, 100 if 0.05, 0.5, 1 are fractions of everyone, or `1%` if one percent is meant',
    ]);
    expect(ladder(0.05, 0.5, '1%')).toEqual([]);
    expect(ladder(0.05, 0.5, 1, 100)).toEqual([]);
    expect(ladder(0.1, 0.5)).toEqual([]);
    expect(ladder(1)).toEqual([]);
  });
});

describe('a server', () => {
  const server = (lines: string) => ofConfig(`providers:\n  p: {type: prometheus, ${lines}}\n`);

  it.each([
    [
      'url: https://p.test/prom/api/v1/query',
      'error endpoint-in-url 2:30 `url` is the address of the server, to which Sluice adds /api/v1/query itself → write https://p.test/prom',
    ],
    ['url: https://p.test/api/v1/query_range/', 'error endpoint-in-url 2:30'],
    ['url: https://p.test/api/v1?tenant=a', 'write https://p.test?tenant=a'],
    ['url: https://p.test/api/v1/prom'],
    [
      'url: http://p.test:9090',
      'error insecure-url 2:30 p.test:9090 is another machine, and Sluice does not ask it over plain http → use https, or set `allow_http: true` if nobody else can read or change what is sent',
    ],
    ['url: http://p.test:9090, allow_http: true'],
    ['url: http://localhost:9090'],
    ['url: http://127.1:9090'],
    [
      'url: https://p.test, auth: {bearer: glsa_Xk29dk2k3kdk4kd9}',
      'error secret-in-config 2:61 `bearer` takes the name of an environment variable, and this looks like the secret itself',
    ],
    [
      'url: https://p.test, auth: {basic: {username: USER, password: a81fe07bd3c94e21a81fe07bd3c94e21}}',
      'error secret-in-config 2:87 `password` takes',
    ],
    ['url: https://p.test, auth: {header: {name: X-Scope-OrgID, value: GRAFANA_CLOUD_TOKEN_2026}}'],
    ['url: https://p.test, auth: {bearer: prometheusTokenForTheWebTeam2}'],
  ])('%s', (lines, ...findings) => {
    const found = server(lines);
    expect(found).toHaveLength(findings.length);
    for (const finding of findings) expect(found[0]).toContain(finding);
  });
});

describe('a rollout', () => {
  const CONFIG = `${PROVIDER}\nmetrics: {m: {unit: seconds, query: avg(x), limits: {max: 1}}}\n`;
  const { config } = readConfigFile(PATH, CONFIG, {});

  const ofRollout = (checks: string, status = '{phase: pending}', stages = 'standard') => {
    if (!config) throw new Error('the config is invalid');
    const text = `flag: demo\nowners: ['@acme/web']\nstages: ${stages}\nchecks: ${checks}\nstatus: ${status}\n`;
    const source = readRolloutFile('rollouts/demo.yaml', text, config);
    if (source.kind !== 'valid') throw new Error(source.problems[0]?.message);
    const { document, rollout } = source;
    return review(rollout, { config, now: NOW, written: document.value })
      .map((finding) => inWords(finding, document).split(' ').slice(0, 3).join(' '))
      .filter((each) => /implausible|variant-not|fractions/.test(each));
  };
  const LIVE =
    '{phase: progressing, stage: canary, since: 2026-12-01T09:00:00Z, started: 2026-12-01T09:00:00Z}';

  it('is reviewed by the limits that it writes', () => {
    expect(ofRollout('[{metric: m, max: 300, warn: {max_increase: 20%}}]')).toEqual([
      'warning implausible-limit 4:27',
      'error variant-not-in-query 4:38',
    ]);
    expect(ofRollout('[m]')).toEqual([]);
    expect(ofRollout('[{metric: m, max: 300s}]')).toEqual([]);
  });

  it('is only warned if it runs already', () => {
    expect(ofRollout('[{metric: m, max_ratio: 0.5, baseline: {offset: 7d}}]')).toEqual([
      'error implausible-limit 4:33',
    ]);
    expect(ofRollout('[{metric: m, max_ratio: 0.5}]', LIVE)).toEqual([
      'warning variant-not-in-query 4:10',
      'warning implausible-limit 4:33',
    ]);
  });

  it('is reviewed by its own stages', () => {
    const stages =
      '[{name: a, percentage: 0.05, duration: 1d}, {name: b, percentage: 1, duration: 1d}]';
    expect(ofRollout('[m]', '{phase: pending}', stages)).toEqual([
      'warning ladder-in-fractions 3:75',
    ]);
  });
});
