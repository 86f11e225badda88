import { afterAll, expect, it } from 'vitest';
import { closeDesks, openDesk } from '../support/desk.ts';
import { inStage, june, rolloutText } from '../support/rollouts.ts';

afterAll(closeDesks);

const CONFIG = '.github/sluice.yml';
const SINCE = june(1, '09:00');
const NOW = june(2, '10:00');

/**
 * Two configs as people write them, whose numbers were believed: one by `increase()`, by which eleven
 * of twelve equal pairs breached, and one by `rate()`, which breached never.
 */
const OTHERS =
  'targets: [{type: json, path: flags/exposures.json}]\npolicy: {on_blind: rollback}\n';
const BY_INCREASE = `providers: {p: {type: prometheus, url: 'http://127.0.0.1:1'}}
metrics:
  m:
    kind: proportion
    events: sum(increase(aa_requests_total{rep="3",variant="{{variant}}",code=~"5.."}[1h]))
    total: sum(increase(aa_requests_total{rep="3",variant="{{variant}}"}[1h]))
    limits: {max_increase: 5%}
${OTHERS}`;
const BY_RATE = `providers: {p: {type: prometheus, url: 'http://127.0.0.1:1'}}
metrics:
  m:
    kind: proportion
    events: sum(rate(http_requests_total{flag="{{flag}}",variant="{{variant}}",code=~"5.."}[5m]))
    total: sum(rate(http_requests_total{flag="{{flag}}",variant="{{variant}}"}[5m]))
    limits: {max: 5%}
${OTHERS}`;

const files = (config: string) => ({
  [CONFIG]: config,
  'rollouts/shop.yaml': rolloutText('shop', {
    checks: '[m]',
    status: inStage('canary', SINCE),
  }),
});

it.each([
  [
    'increase()',
    BY_INCREASE,
    [
      '5:17 increase(aa_requests_total{rep="3",variant="{{variant}}",cod… → write aa_requests_total{rep="3",variant="{{variant}}",code=~"5.."}',
      '6:16 increase(aa_requests_total{rep="3",variant="{{variant}}"}[1… → write aa_requests_total{rep="3",variant="{{variant}}"}',
    ],
  ],
  [
    'rate()',
    BY_RATE,
    [
      '5:17 rate(http_requests_total{flag="{{flag}}",variant="{{variant… → write http_requests_total{flag="{{flag}}",variant="{{variant}}",code=~"5.."}',
      '6:16 rate(http_requests_total{flag="{{flag}}",variant="{{variant… → write http_requests_total{flag="{{flag}}",variant="{{variant}}"}',
    ],
  ],
])(
  'a review refuses counters by %s, and a tick moves nothing by them',
  async (name, config, found) => {
    const desk = await openDesk(SINCE, files(config));
    const reviewed = await desk.run(NOW, 'validate');
    const problems = reviewed.json().problems.filter(({ code }) => code === 'not-a-counter');
    expect(reviewed.code).toBe(1);
    expect(problems.map(({ line, column, hint }) => `${line}:${column} → ${hint}`)).toEqual(
      found.map((each) => each.replace(/ .*? →/, ' →')),
    );

    const shown = await desk.show(NOW, ['validate']);
    for (const each of found) expect(shown.stdout).toContain(each.split(' → ')[1]);

    const tick = await desk.tick(NOW);
    const { decision, verdicts } = tick.of('shop');
    expect(decision).toMatchObject({ kind: 'hold', code: 'unavailable' });
    expect(decision.why).toContain(`the query has \`${name}\` where a plain counter is needed`);
    expect(verdicts).toMatchObject([{ verdict: 'unavailable', reason: 'not-a-counter' }]);
    expect(tick.code).toBe(1);

    await desk.say(NOW, '/rollout kill shop');
    expect(await desk.target('shop')).toMatchObject({ killed: true });
  },
);
