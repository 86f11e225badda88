import { describe, expect, it } from 'vitest';
import { exposureOf } from '../../src/model/exposure.ts';
import { DAY } from '../../src/time.ts';
import { configOf, inWords, readConfig, readRollout, rolloutOf } from '../support/files.ts';

const METRICS = `
providers:
  prod: {type: prometheus, url: https://prometheus.acme.example}
metrics:
  conversion: {kind: proportion, events: 'orders{v="{{variant}}"}', total: 'visits{v="{{variant}}"}', limits: {max_decrease: 10%}}
  on-phones: {kind: proportion, events: 'orders{v="{{variant}}",d="phone"}', total: 'visits{v="{{variant}}",d="phone"}', limits: {max_decrease: 10%}}
  basket: {kind: mean, unit: currency, count: 'n{v="{{variant}}"}', sum: 's{v="{{variant}}"}', sum_of_squares: 'q{v="{{variant}}"}', limits: {max_decrease: 10%, max: 1000}}
  both-arms: {kind: proportion, events: orders, total: visits, limits: {min: 1%}}
  by-team: {kind: proportion, events: 'o{v="{{variant}}",t="{{labels.team}}"}', total: 'o{v="{{variant}}"}', limits: {min: 1%}}
  speed: {unit: seconds, query: 'p95{v="{{variant}}"}', limits: {max: 3s}}
  agreement: {kind: proportion, events: same, total: compared, limits: {min: 85%}}
  failures: {kind: proportion, events: 'bad{v="{{variant}}"}', total: 'all{v="{{variant}}"}', limits: {max: 1%}}
`;
const CONFIG = configOf(METRICS);

const file = (stages: string): string => `
flag: new-checkout
owners: ['@acme/payments']
stages:
${stages}
  - {name: full, percentage: 100, duration: 2d}
`;
const ab = (experiment: string, stage = 'percentage: 50'): string =>
  file(`  - {name: ab, ${stage}, duration: 7d, experiment: {${experiment}}}`);
const trialOf = (text: string) => rolloutOf(text, CONFIG).trials.get('ab');
const findings = (text: string): readonly string[] =>
  readRollout(text, CONFIG).findings.map(inWords);

describe('an experiment in a file', () => {
  it('says what is compared, and the rest by default', () => {
    expect(trialOf(ab('metrics: [conversion, basket], min_effect: 2pp'))).toMatchObject({
      kind: 'experiment',
      metric: { name: 'conversion' },
      others: [{ name: 'basket' }],
      segments: [],
      minEffect: { kind: 'absolute', by: 0.02 },
      better: 'more',
      confidence: 0.95,
      power: 0.8,
      onTie: 'pause',
      onInconclusive: 'pause',
      ratio: 1,
    });
  });

  it('says all of it', () => {
    const text = ab(
      'metrics: [basket], min_effect: 5%, better: less, confidence: 99%, power: 90%, max_duration: 14d, on_tie: advance, on_inconclusive: rollback, segments: {phones: basket}',
      'percentage: 20',
    );
    expect(trialOf(text)).toMatchObject({
      metric: { name: 'basket' },
      segments: [{ name: 'phones', metric: { name: 'basket' } }],
      minEffect: { kind: 'relative', by: 0.05 },
      better: 'less',
      confidence: 0.99,
      power: 0.9,
      onTie: 'advance',
      onInconclusive: 'rollback',
      ratio: 0.25,
    });
    expect(rolloutOf(text, CONFIG).stages[0]).toMatchObject({ maxDuration: 14 * DAY });
  });

  it('counts on the share that is exposed, an earlier and larger one included', () => {
    const text = file(`  - {name: most, percentage: 80, duration: 1d}
  - {name: ab, percentage: 50, duration: 1d, experiment: {metrics: [conversion], min_effect: 2pp}}`);
    expect(trialOf(text)).toMatchObject({ ratio: expect.closeTo(4, 9) });
  });

  it('may stand in a ladder of the config', () => {
    const config = configOf(`${METRICS}
ladders:
  ab: [{name: ab, percentage: 50, duration: 7d, experiment: {metrics: [conversion], min_effect: 2pp}}, {name: full, percentage: 100, duration: 1d}]
`);
    const text = "flag: new-checkout\nowners: ['@acme/payments']\nstages: ab\n";
    expect(rolloutOf(text, config).trials.get('ab')).toMatchObject({ kind: 'experiment' });
  });

  it.each([
    [
      'a stage that everyone is in',
      ab('metrics: [conversion], min_effect: 2pp', 'percentage: 100'),
      /^no-control at stages\.0\.experiment: `ab` has no control to compare with/,
    ],
    [
      'a stage that is picked by a list',
      ab('metrics: [conversion], min_effect: 2pp', 'regions: [au]'),
      /^no-control at stages\.0\.experiment/,
    ],
    [
      'a stage of nobody',
      ab('metrics: [conversion], min_effect: 2pp', 'percentage: 0'),
      /^no-control at stages\.0\.experiment/,
    ],
    [
      'a metric that is not there',
      ab('metrics: [conversoin], min_effect: 2pp'),
      /^unknown-metric at stages\.0\.experiment: .*did you mean `conversion`/,
    ],
    [
      'a gauge',
      ab('metrics: [speed], min_effect: 200ms'),
      /^wrong-metric at stages\.0\.experiment: an experiment cannot compare a gauge/,
    ],
    [
      'a metric that does not tell the arms apart',
      ab('metrics: [both-arms], min_effect: 2pp'),
      /^same-arms at stages\.0\.experiment: `both-arms` does not tell the variants apart/,
    ],
    [
      'a metric whose label the rollout lacks',
      ab('metrics: [by-team], min_effect: 2pp'),
      /^missing-label at stages\.0\.experiment/,
    ],
    [
      'a metric that may get worse both ways',
      ab('metrics: [basket], min_effect: 5'),
      /^which-is-better at stages\.0\.experiment: .*better: more/,
    ],
    [
      'points of what is no ratio',
      ab('metrics: [basket], min_effect: 2pp, better: more'),
      /^bad-limit at stages\.0\.experiment: min_effect of `basket`: percentage points need/,
    ],
    [
      'no difference at all',
      ab('metrics: [conversion], min_effect: 0pp'),
      /^bad-limit at stages\.0\.experiment: min_effect: a difference of nothing/,
    ],
    [
      'a segment of another kind',
      ab('metrics: [conversion], min_effect: 2pp, segments: {phones: basket}'),
      /^wrong-metric at stages\.0\.experiment: `basket` is a mean and `conversion` a proportion/,
    ],
    [
      'the longest time twice',
      ab(
        'metrics: [conversion], min_effect: 2pp, max_duration: 14d',
        'percentage: 50, max_duration: 9d',
      ),
      /^bad-value at stages\.0\.max_duration: the longest time is given twice/,
    ],
    [
      'a longest time shorter than the least',
      ab('metrics: [conversion], min_effect: 2pp, max_duration: 1d'),
      /^bad-value at stages\.0\.max_duration: `max_duration` is shorter/,
    ],
    [
      'a shadow as well',
      ab('metrics: [conversion], min_effect: 2pp', 'shadow: true'),
      /^bad-value at stages\.0\.experiment: nobody sees the treatment of a shadow stage/,
    ],
  ])('is refused: %s', (_, text, finding) => {
    expect(findings(text)).toContainEqual(expect.stringMatching(finding));
  });
});

describe('a shadow run in a file', () => {
  const shadow = (inside: string, more = ''): string =>
    file(`  - {name: ab, shadow: ${inside}, duration: 1d${more}}`);
  const RUN = '{agreement: agreement, latency: speed, errors: failures}';

  it('says which metrics it is judged by', () => {
    expect(trialOf(shadow(RUN))).toMatchObject({
      kind: 'shadow',
      agreement: { name: 'agreement' },
      latency: { name: 'speed' },
      errors: { name: 'failures' },
      rule: {},
    });
  });

  it('says what it must keep to, where that is not the usual', () => {
    const text = `{agreement: agreement, latency: speed, errors: failures, min_samples: 500, min_agreement: 92.5%, max_latency_ratio: 1.2, max_error_ratio: 1.5}`;
    expect(trialOf(shadow(text))).toMatchObject({
      rule: { minSamples: 500, agreement: 0.925, p95Ratio: 1.2, errorRatio: 1.5 },
    });
  });

  it('without metrics is a shadow by its clock and checks alone', () => {
    expect(rolloutOf(shadow('true'), CONFIG)).toMatchObject({ trials: new Map() });
    expect(rolloutOf(shadow('true'), CONFIG).stages[0]).toMatchObject({ shadow: true });
  });

  it('says how much is mirrored, for those who mirror', () => {
    const status = "status: {phase: progressing, stage: ab, since: '2026-12-01T09:00:00Z'}\n";
    const part = rolloutOf(`${shadow(RUN, ', mirror: 10%')}${status}`, CONFIG);
    const all = rolloutOf(`${shadow('true')}${status}`, CONFIG);
    expect(exposureOf(part)).toMatchObject({ shadow: true, mirror: 10_000 });
    expect(exposureOf(all)).toMatchObject({ shadow: true, mirror: 100_000 });
  });

  it.each([
    ['mirroring without a shadow', shadow('false', ', mirror: 10%'), /^bad-value .*mirror: only a/],
    ['mirroring nothing', shadow('true', ', mirror: 0%'), /^bad-value .*mirror: .*no requests/],
    [
      'an agreement that is no proportion',
      shadow('{agreement: speed, latency: speed, errors: failures}'),
      /^wrong-metric at stages\.0\.shadow: `speed` is a gauge where a proportion is wanted/,
    ],
    [
      'a latency without a percentile',
      shadow('{agreement: agreement, latency: failures, errors: failures}'),
      /^wrong-metric at stages\.0\.shadow: no 95th percentile can be told from `failures`/,
    ],
    [
      'errors of both sides together',
      shadow('{agreement: agreement, latency: speed, errors: both-arms}'),
      /^same-arms at stages\.0\.shadow/,
    ],
  ])('is refused: %s', (_, text, finding) => {
    expect(findings(text)).toContainEqual(expect.stringMatching(finding));
  });

  it('is checked in the ladders of the config too', () => {
    const { findings: found } = readConfig(
      `${METRICS}ladders: {odd: [{name: dark, percentage: 5, mirror: 10%, duration: 1d}]}\n`,
    );
    expect(found.map(inWords)).toContainEqual(
      expect.stringMatching(/^bad-value at ladders\.odd\.0\.mirror: only a shadow stage/),
    );
  });
});
