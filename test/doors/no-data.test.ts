import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeDesks, type Desk, openDesk, type Tick } from '../support/desk.ts';
import { HISTORY } from '../support/history.ts';
import { type RunningPrometheus, startPrometheus } from '../support/prometheus.ts';
import { inStage, june, rolloutText } from '../support/rollouts.ts';

const NOW = june(1, '10:00');
const SINCE = '2026-05-31T09:00:00Z';
const path = (flag: string): string => `rollouts/${flag}.yaml`;

let prometheus: RunningPrometheus;

beforeAll(async () => {
  prometheus = await startPrometheus({ series: HISTORY });
});
afterAll(async () => {
  await prometheus?.stop();
  await closeDesks();
});

/** Flags that would advance at once if their metric passed: one a case, named after it. */
async function deskOf(cases: readonly string[], metrics: string): Promise<Desk> {
  const config = `providers:
  prometheus: {type: prometheus, url: '${prometheus.url}'}
  down: {type: prometheus, url: 'http://127.0.0.1:1'}
  locked: {type: prometheus, url: '${prometheus.url}', auth: {bearer: NO_SUCH_TOKEN}}
metrics:
  healthy: {provider: prometheus, query: 'error_ratio{flag="healthy"}', limits: {max: 1%}, unit: ratio}
${metrics}targets: [{type: json, path: flags/exposures.json}]
`;
  const rollouts = [...cases, 'healthy'].map((flag) => [
    path(flag),
    rolloutText(flag, { checks: `[${flag}]`, status: inStage('canary', SINCE) }),
  ]);
  return openDesk(SINCE, { '.github/sluice.yml': config, ...Object.fromEntries(rollouts) });
}

function expectHeld(tick: Tick, flag: string, verdict: string, reason: string, why: RegExp): void {
  const seen = tick.of(flag);
  expect(seen.decision.kind, flag).toBe('hold');
  expect(seen.verdicts, flag).toMatchObject([{ verdict, reason }]);
  expect(seen.verdicts[0]?.detail ?? seen.decision.why, flag).toMatch(why);
}

it('too little or no number at all holds a flag and names the reason', async () => {
  const cases = ['nan', 'nothing', 'infinite', 'division', 'idle', 'brief'];
  const desk = await deskOf(
    cases,
    `  nan: {provider: prometheus, query: 'odd{flag="{{flag}}"}', limits: {max: 1}}
  infinite: {provider: prometheus, query: 'odd{flag="{{flag}}"}', limits: {max: 1}}
  nothing: {provider: prometheus, query: 'no_such_metric', limits: {max: 1}}
  division: {provider: prometheus, query: 'vector(0) / 0', limits: {min: 1}}
  idle: {provider: prometheus, events: 'vector(0)', total: 'vector(0)', limits: {max: 1%}}
  brief: {provider: prometheus, query: 'error_ratio{flag="ten-minutes"}', unit: ratio, for: 10m, limits: {max: 1%}}
`,
  );
  const tick = await desk.tick(NOW);
  expectHeld(tick, 'nan', 'insufficient', 'nan', /nan/);
  expectHeld(tick, 'infinite', 'insufficient', 'infinite', /infinite/);
  expectHeld(tick, 'nothing', 'insufficient', 'no-data', /no data/);
  expectHeld(tick, 'division', 'insufficient', 'nan', /nan/);
  expectHeld(tick, 'idle', 'insufficient', 'no-traffic', /no traffic/);
  expectHeld(tick, 'brief', 'insufficient', 'over-limit-briefly', /over limit briefly/);
  // Waiting is no failure, and the others go on.
  expect(tick.code).toBe(0);
  expect(tick.of('healthy').decision).toMatchObject({ kind: 'advance', to: 'quarter' });
  expect(tick.json().commits).toMatchObject([{ moves: [{ key: 'healthy@production' }] }]);
  for (const flag of cases) {
    expect(await desk.status(path(flag)), flag).toMatchObject({ stage: 'canary' });
  }
});

it('a query that the provider cannot answer moves nothing, is named, and fails the run', async () => {
  const cases = [
    ['several', 'several-series', /gives 2 series where one is expected.*aggregate them/],
    ['matrix', 'wrong-type', /a matrix where one number is expected/],
    ['words', 'wrong-type', /a string where one number is expected/],
    ['broken', 'query-error', /parse error.*correct it/],
    ['down', 'unreachable', /127\.0\.0\.1:1/],
    ['locked', 'missing-credential', /NO_SUCH_TOKEN/],
  ] as const;
  const queries: Readonly<Record<string, string>> = {
    several: 'odd{flag="several"}',
    matrix: 'odd{flag="several",pod="a"}[5m]',
    words: '"words"',
    broken: 'sum(',
  };
  const metrics = cases.map(([flag]) => {
    const provider = queries[flag] === undefined ? flag : 'prometheus';
    return `  ${flag}: {provider: ${provider}, query: '${queries[flag] ?? 'up'}', limits: {max: 1}}\n`;
  });
  const desk = await deskOf(
    cases.map(([flag]) => flag),
    metrics.join(''),
  );
  const tick = await desk.tick(NOW);
  for (const [flag, reason, why] of cases) expectHeld(tick, flag, 'unavailable', reason, why);
  expect(tick.code).toBe(1);
  expect(
    tick
      .json()
      .failures.map(({ code, subject }) => `${code} ${subject}`)
      .sort(),
  ).toEqual(cases.map(([flag]) => `unavailable ${flag}@production`).sort());
  expect(tick.json().commits).toMatchObject([{ moves: [{ key: 'healthy@production' }] }]);

  // Nor does it later, however long it lasts.
  const later = await desk.tick(june(1, '13:00'));
  for (const [flag] of cases) {
    expect(later.of(flag).decision.kind, flag).toBe('hold');
    expect(await desk.status(path(flag)), flag).toMatchObject({ stage: 'canary' });
  }
  const shown = await desk.show(NOW, ['status', 'down']);
  expect(shown.code).toBe(0);
  expect(shown.stdout).toContain('? down: no answer (unreachable): ');
});

it('a stage that is gone holds its flag, and what was compiled stays', async () => {
  const desk = await deskOf([], '');
  await desk.tick(SINCE);
  const before = await desk.target('healthy');
  const text = (await desk.file(path('healthy'))).replaceAll('canary', 'first');
  await desk.commit(june(1, '09:00'), 'Rename a stage', {
    [path('healthy')]: text.replace('stage: first', 'stage: canary'),
  });
  const tick = await desk.tick(NOW);
  expect(tick.of('healthy').decision).toMatchObject({ kind: 'hold', code: 'unknown-stage' });
  expect(await desk.target('healthy')).toEqual(before);
  await desk.say(NOW, '/rollout restart healthy');
  expect(await desk.status(path('healthy'))).toEqual({ phase: 'pending', entry: 2 });
  expect(await desk.target('healthy')).toMatchObject({ variant: 'off', audiences: [] });
});

it('blindness pauses a flag where the policy says so', async () => {
  const desk = await deskOf(['down'], '  down: {provider: down, query: up, limits: {max: 1}}\n');
  const config = `${await desk.file('.github/sluice.yml')}policy: {on_blind: pause}\n`;
  await desk.commit(SINCE, 'Be careful', { '.github/sluice.yml': config });
  const tick = await desk.tick(NOW);
  expect(tick.code).toBe(1);
  expect(await desk.status(path('down'))).toMatchObject({ phase: 'paused', stage: 'canary' });
});
