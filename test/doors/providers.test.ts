import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDesks, type Desk, openDesk, type Tick } from '../support/desk.ts';
import { HISTORY } from '../support/history.ts';
import { type RunningPrometheus, startPrometheus } from '../support/prometheus.ts';
import { startProxy } from '../support/proxy.ts';
import { inStage, june, rolloutText } from '../support/rollouts.ts';
import {
  type Behaviour,
  BODIES,
  CONNECTIONS,
  OTHERS,
  RANGES,
  SHAPES,
  STATUSES,
  type Strangers,
  startStrangers,
} from '../support/strangers.ts';

const NOW = june(1, '10:00');
const SINCE = '2026-05-31T09:00:00Z';
const path = (flag: string): string => `rollouts/${flag}.yaml`;

/** If it were believed: a number far below the limit of 1 %, and one far above it. */
const TOLD = { well: '0.001', ill: '0.5' } as const;

/** Answers everything but what an expression of the named arm or part asks. */
const silentOn =
  (silent: RegExp): Behaviour =>
  (response, { expression, honest }) =>
    silent.test(expression) ? response.writeHead(503).end() : response.end(honest());

const GROUPS = { CONNECTIONS, STATUSES, BODIES, SHAPES, OTHERS, RANGES };

let prometheus: RunningPrometheus;
let strangers: Strangers;

beforeAll(async () => {
  prometheus = await startPrometheus({ series: HISTORY });
  const all = Object.values(GROUPS).flatMap((group) => Object.entries(group));
  strangers = await startStrangers({
    ...Object.fromEntries(all.map(([name, [behaviour]]) => [name, behaviour])),
    honest: (response, { honest }) => response.end(honest()),
    'no-control': silentOn(/off/),
    'no-treatment': silentOn(/on/),
    'no-count': silentOn(/^count/),
  });
});
afterAll(async () => {
  await prometheus?.stop();
  strangers?.close();
  await closeDesks();
});

interface Subject {
  readonly flag: string;
  /** A stranger's behaviour; the real Prometheus unless given. */
  readonly provider?: string;
  /** The metric, without the provider. */
  readonly metric: string;
  /** More about the check. */
  readonly check?: string;
}

/** A flag that asks a stranger, in terms of a metric that is said to be well or ill. */
const stranger = (
  provider: string,
  told: keyof typeof TOLD,
  metric = GAUGE,
  more: Partial<Subject> = {},
): Subject => ({
  flag: `${provider}-${told}`,
  provider,
  metric: metric.replaceAll('TOLD', `told="${TOLD[told]}",variant="{{variant}}"`),
  ...more,
});

const GAUGE = `query: 'level{TOLD}', unit: ratio, limits: {max: 1%}`;
const EACH = `query: 'level{flag="{{flag}}",TOLD}', unit: ratio, limits: {max: 1%}`;
const LASTING = `${GAUGE}, for: 10m`;
const RELATIVE = `query: 'level{TOLD}', unit: ratio, limits: {max: 1%, max_increase: 5%}`;
const COUNTED = `query: 'level{TOLD}', samples: 'count{told="9"}', unit: ratio, limits: {max: 1%}`;

const real = (flag: string): Subject => ({
  flag,
  metric: `query: 'error_ratio{flag="${flag}",variant="on"}', unit: ratio, limits: {max: 1%}`,
});

/** Flags whose time in their stage is over: each moves at once if its metric is believed. */
async function deskOf(
  subjects: readonly Subject[],
  more: Readonly<Record<string, string>> = {},
): Promise<Desk> {
  const asked = new Set(subjects.map(({ provider }) => provider ?? 'prometheus'));
  const addresses: Readonly<Record<string, string>> = {
    prometheus: prometheus.url,
    refused: 'http://127.0.0.1:1',
    tls: strangers.url.replace('http:', 'https:'),
    ...more,
  };
  const providers = [...asked].map((name) => {
    const url = addresses[name] ?? `${strangers.url}/${name}`;
    // Only those that never answer are waited for in vain, and the machine may be busy.
    const timeout = ['hang', 'stall', 'drip'].includes(name) ? '1s' : '20s';
    return `  ${name}: {type: prometheus, url: '${url}', timeout: ${timeout}}\n`;
  });
  const metrics = subjects.map(
    ({ flag, provider = 'prometheus', metric }) =>
      `  ${flag}: {provider: ${provider}, ${metric}}\n`,
  );
  const config = `providers:\n${providers.join('')}metrics:\n${metrics.join('')}`;
  const rollouts = subjects.map(({ flag, check = '' }) => [
    path(flag),
    rolloutText(flag, {
      checks: `[{metric: ${flag}${check}}]`,
      status: inStage('canary', SINCE),
    }),
  ]);
  return openDesk(SINCE, { '.github/sluice.yml': config, ...Object.fromEntries(rollouts) });
}

/** Everything in a repository that a tick could have moved. */
const everything = async ({ repo, dirt }: Desk): Promise<string> =>
  `${await repo.git('for-each-ref', '--format=%(refname) %(objectname)')}\n${await dirt()}`;

function expectHeld(tick: Tick, flag: string, reason: string, words: RegExp): void {
  const { decision, verdicts } = tick.of(flag);
  expect(decision, flag).toMatchObject({ kind: 'hold', code: 'unavailable' });
  expect(verdicts, flag).toMatchObject([{ verdict: 'unavailable', reason }]);
  expect(verdicts[0]?.detail, flag).toMatch(words);
  const failure = tick.json().failures.find((each) => each.subject === `${flag}@production`);
  expect(failure, flag).toMatchObject({ code: 'unavailable' });
  expect(failure?.detail, flag).toContain(`(${reason}): `);
}

describe('a provider that misbehaves', () => {
  const metricOf = (group: string): string => (group === 'RANGES' ? LASTING : GAUGE);

  it.each(Object.entries(GROUPS))(
    '(%s) moves nothing in either direction, is named, and fails the run',
    async (group, cases) => {
      const names = Object.keys(cases);
      const desk = await deskOf([
        ...names.flatMap((name) => [
          stranger(name, 'well', metricOf(group)),
          stranger(name, 'ill', metricOf(group)),
        ]),
      ]);
      const before = await everything(desk);
      const tick = await desk.tick(NOW);
      for (const [name, [, reason, words]] of Object.entries(cases)) {
        for (const told of ['well', 'ill']) expectHeld(tick, `${name}-${told}`, reason, words);
      }
      expect(tick.code).toBe(1);
      expect(tick.json()).toMatchObject({ commits: [], reverts: [] });
      expect(await everything(desk)).toBe(before);

      const shown = await desk.show(NOW, ['reconcile']);
      expect(shown.code).toBe(1);
      for (const [, reason] of Object.values(cases)) expect(shown.stdout).toContain(`(${reason})`);
      expect(await everything(desk)).toBe(before);
    },
  );

  it('cannot be reached, or speaks no TLS: the same', async () => {
    const desk = await deskOf([stranger('refused', 'ill'), stranger('tls', 'ill')]);
    const before = await everything(desk);
    const tick = await desk.tick(NOW);
    expectHeld(tick, 'refused-ill', 'unreachable', /connection was refused/);
    expectHeld(tick, 'tls-ill', 'unreachable', /TLS failed/);
    expect(await everything(desk)).toBe(before);
  });

  it('would have moved every one of these flags, had it been honest', async () => {
    const desk = await deskOf([
      stranger('honest', 'well'),
      stranger('honest', 'ill'),
      stranger('honest', 'well', LASTING, { flag: 'lasting-well' }),
      stranger('honest', 'ill', LASTING, { flag: 'lasting-ill' }),
    ]);
    const tick = await desk.tick(NOW);
    expect(tick.code).toBe(0);
    expect(tick.json().rollouts.map(({ key, decision }) => [key, decision.kind])).toEqual([
      ['honest-ill@production', 'rollback'],
      ['honest-well@production', 'advance'],
      ['lasting-ill@production', 'rollback'],
      ['lasting-well@production', 'advance'],
    ]);
  });

  it.each([
    ['no-control', RELATIVE, ''],
    ['no-treatment', RELATIVE, ''],
    ['no-count', COUNTED, ', min_samples: 1'],
  ])('answers for one part and not for the other (%s): neither is believed', async (...of) => {
    const [name, metric, check] = of;
    const desk = await deskOf([
      stranger(name, 'well', metric, { check }),
      stranger(name, 'ill', metric, { check }),
    ]);
    const before = await everything(desk);
    const tick = await desk.tick(NOW);
    for (const told of ['well', 'ill']) {
      expectHeld(tick, `${name}-${told}`, 'http-error', /HTTP 503/);
    }
    expect(await everything(desk)).toBe(before);
  });

  it('keeps no flag of another provider from advancing or going back', async () => {
    const odd = ['hang', 'html', 'endless'] as const;
    const desk = await deskOf([
      real('healthy'),
      real('alone'),
      ...odd.map((name) => stranger(name, 'ill')),
    ]);
    const tick = await desk.tick(NOW);
    expect(tick.code).toBe(1);
    expect(tick.of('healthy').decision).toMatchObject({ kind: 'advance', to: 'quarter' });
    expect(tick.of('alone').decision).toMatchObject({ kind: 'rollback' });
    expect(tick.json().commits).toMatchObject([{ moves: [{ key: 'healthy@production' }] }]);
    expect(await desk.reverts()).toEqual([
      expect.stringMatching(/^rollout\/revert\/alone\/canary-/),
    ]);
    for (const name of odd) {
      expect(await desk.status(path(`${name}-ill`)), name).toMatchObject({
        phase: 'progressing',
        stage: 'canary',
      });
    }
  });

  it('hangs on every question of a hundred flags: the tick is over soon, and the others moved', async () => {
    const hung = Array.from({ length: 100 }, (_, n) =>
      stranger('hang', 'ill', EACH, { flag: `hang-${n}` }),
    );
    const desk = await deskOf([...hung, real('healthy'), real('alone')]);
    const started = performance.now();
    const tick = await desk.tick(NOW);
    // 200 questions of a second each, eight at a time, would take 25 s.
    expect(performance.now() - started).toBeLessThan(12_000);
    expect(tick.of('healthy').decision).toMatchObject({ kind: 'advance', to: 'quarter' });
    expect(tick.of('alone').decision).toMatchObject({ kind: 'rollback' });
    expectHeld(
      tick,
      'hang-99',
      'not-asked',
      /it left 3 questions before this one without an answer/,
    );
    expect(tick.json().commits).toMatchObject([{ moves: [{ key: 'healthy@production' }] }]);
  });
});

describe('a Prometheus that is killed in the middle of a tick', () => {
  it('moves only what it answered for, and the next tick after its restart goes on', async () => {
    const proxy = await startProxy(() => prometheus.url);
    try {
      const flags = Array.from({ length: 30 }, (_, n) => `half-${n}`);
      // No two of them put the same question.
      const metric = (n: number): string =>
        real(n % 3 ? 'healthy' : 'alone').metric.replace("',", ` + ${n} - ${n}',`);
      const desk = await deskOf(
        flags.map((flag, n) => ({ flag, provider: 'half', metric: metric(n) })),
        { half: proxy.url },
      );
      proxy.after(10, () => prometheus.kill());
      const tick = await desk.tick(NOW);
      expect(tick.code).toBe(1);
      const moved: string[] = [];
      for (const [n, flag] of flags.entries()) {
        const { decision, verdicts } = tick.of(flag);
        const [verdict] = verdicts;
        if (verdict?.verdict === 'unavailable') {
          expectHeld(tick, flag, verdict.reason ?? '', /127\.0\.0\.1.*(cut|HTTP 502)/);
          expect(await desk.status(path(flag)), flag).toMatchObject({ stage: 'canary' });
          continue;
        }
        moved.push(flag);
        expect(verdict?.verdict, flag).toBe(n % 3 ? 'pass' : 'breach');
        expect(['advance', 'rollback', 'pause'], flag).toContain(decision.kind);
        expect(decision.kind === 'advance', flag).toBe(n % 3 !== 0);
      }
      expect(moved.length).toBeGreaterThanOrEqual(10);
      expect(moved.length).toBeLessThan(flags.length);

      await prometheus.restart();
      const next = await desk.tick(june(1, '10:05'));
      expect(next.code).toBe(0);
      for (const [n, flag] of flags.entries()) {
        if (n % 3 === 0 || moved.includes(flag)) continue;
        expect(await desk.status(path(flag)), flag).toMatchObject({ stage: 'quarter' });
      }
    } finally {
      proxy.close();
    }
  });
});
