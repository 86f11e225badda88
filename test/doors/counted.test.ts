import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normalNumbers } from '../judge/statistics/numbers.ts';
import { closeDesks, openDesk } from '../support/desk.ts';
import {
  type BackfilledSeries,
  type RunningPrometheus,
  startPrometheus,
} from '../support/prometheus.ts';
import { inStage, june, rolloutText } from '../support/rollouts.ts';

/** Counters of one service, scraped once a minute, as a process that may be restarted reports them. */
interface Counted {
  readonly flag: string;
  readonly variant: string;
  /** Requests a minute, and how long each takes, in seconds. */
  readonly times: (minute: number) => readonly number[];
  /** How many of a minute's requests fail. */
  readonly failures?: (minute: number) => number;
  /** Minutes at which the process begins anew, its counters at zero. */
  readonly restarts?: readonly number[];
  /** The minute it is first seen. */
  readonly first?: number;
}

const BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Number.POSITIVE_INFINITY];
const START = Date.parse(june(1, '09:00'));
const MINUTE = 60_000;
const BEFORE = 30;
const LENGTH = 6 * 60;

function seriesOf(service: Counted): readonly BackfilledSeries[] {
  const { flag, variant, times, failures = () => 0, restarts = [], first = -BEFORE } = service;
  const arm = { flag, variant };
  const ok: [number, number][] = [];
  const failed: [number, number][] = [];
  const users: [number, number][] = [];
  const sum: [number, number][] = [];
  const squares: [number, number][] = [];
  const count: [number, number][] = [];
  const buckets = BOUNDS.map((): [number, number][] => []);
  const now = { ok: 0, failed: 0, sum: 0, squares: 0, count: 0 };
  const held = BOUNDS.map(() => 0);
  for (let minute = first; minute <= LENGTH; minute += 1) {
    if (restarts.includes(minute)) {
      Object.assign(now, { ok: 0, failed: 0, sum: 0, squares: 0, count: 0 });
      held.fill(0);
    }
    const took = times(minute);
    now.failed += failures(minute);
    now.ok += took.length - failures(minute);
    now.count += took.length;
    for (const each of took) {
      now.sum += each;
      now.squares += each * each;
      BOUNDS.forEach((le, place) => {
        if (each <= le) held[place] = (held[place] ?? 0) + 1;
      });
    }
    const at = START + minute * MINUTE;
    ok.push([at, now.ok]);
    // A counter of failures is there from the first failure on.
    if (now.failed > 0) failed.push([at, now.failed]);
    sum.push([at, now.sum]);
    squares.push([at, now.squares]);
    count.push([at, now.count]);
    // Each user makes one request.
    users.push([at, now.count]);
    buckets.forEach((points, place) => {
      points.push([at, held[place] ?? 0]);
    });
  }
  return [
    { name: 'http_requests_total', labels: { ...arm, code: '200' }, points: ok },
    ...(failed.length > 0
      ? [{ name: 'http_requests_total', labels: { ...arm, code: '500' }, points: failed }]
      : []),
    { name: 'users_total', labels: arm, points: users },
    { name: 'took_seconds_sum', labels: arm, points: sum },
    { name: 'took_seconds_squares', labels: arm, points: squares },
    { name: 'took_seconds_count', labels: arm, points: count },
    ...buckets.map((points, place) => {
      const le = BOUNDS[place] ?? Number.POSITIVE_INFINITY;
      return {
        name: 'http_request_duration_seconds_bucket',
        labels: { ...arm, le: Number.isFinite(le) ? String(le) : '+Inf' },
        points,
      };
    }),
  ];
}

/** So many requests a minute, half below 100 ms and one in a hundred above a second. */
function requests(seed: number, perMinute: number, slower = 1) {
  return (minute: number): readonly number[] => {
    const normal = normalNumbers(seed * 1_000_003 + minute);
    return Array.from({ length: perMinute }, () => 0.1 * Math.exp(normal()) * slower);
  };
}

const control = (flag: string, seed: number): Counted => ({
  flag,
  variant: 'off',
  times: requests(seed, 190),
  failures: (minute) => (minute % 2 === 0 ? 1 : 0),
  restarts: [100],
});

const SERVICES: readonly Counted[] = [
  // As control, with a process that is restarted twice.
  control('healthy', 1),
  {
    flag: 'healthy',
    variant: 'on',
    times: requests(2, 10),
    failures: (minute) => (minute % 40 === 0 ? 1 : 0),
    restarts: [60, 200],
  },
  // Five times as slow.
  control('slow', 3),
  { flag: 'slow', variant: 'on', times: requests(4, 10, 5) },
  // First seen when its first requests had all failed.
  control('lopsided', 7),
  { flag: 'lopsided', variant: 'on', times: requests(8, 20) },
  { flag: 'drifting', variant: 'on', times: requests(9, 20, 2) },
  control('failing', 5),
  { flag: 'failing', variant: 'on', times: requests(6, 4), failures: () => 4, first: 6 },
];

let server: RunningPrometheus;

beforeAll(async () => {
  const series = SERVICES.flatMap(seriesOf);
  server = await startPrometheus({
    series: series.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
  });
});
afterAll(async () => {
  await server?.stop();
  await closeDesks();
});

const CONFIG = () => `providers:
  prometheus: {type: prometheus, url: '${server.url}'}
metrics:
  took:
    kind: mean
    unit: seconds
    count: took_seconds_count{flag="{{flag}}",variant="{{variant}}"}
    sum: took_seconds_sum{flag="{{flag}}",variant="{{variant}}"}
    sum_of_squares: took_seconds_squares{flag="{{flag}}",variant="{{variant}}"}
    limits: {max_increase: 50%}
exposure: {users: 'users_total{flag="{{flag}}",variant="{{variant}}"}'}
targets: [{type: json, path: flags/exposures.json}]
`;

/** A flag at 5 % since nine, judged by some checks. */
const deskOf = (flag: string, checks: string) =>
  openDesk(june(1, '09:00'), {
    '.github/sluice.yml': CONFIG(),
    [`rollouts/${flag}.yaml`]: rolloutText(flag, {
      risk: 'high',
      checks,
      status: inStage('canary', june(1, '09:00')),
    }),
  });

const minutes = (count: number): string => new Date(START + count * MINUTE).toISOString();

describe.concurrent('counters of a real Prometheus', () => {
  it('pass a healthy canary for hours of ticks, restarts and all', async () => {
    const desk = await deskOf('healthy', '[error-rate, took, latency-p50, latency-p99]');
    for (let at = 10; at <= LENGTH; at += 25) {
      const tick = await desk.tick(minutes(at));
      expect(tick.code, tick.stdout + tick.stderr).toBe(0);
      const { decision, verdicts } = tick.of('healthy');
      expect(decision.code, `${at}: ${JSON.stringify(verdicts)}`).toBe('dwell');
    }
    const last = (await desk.tick(minutes(LENGTH))).of('healthy').verdicts;
    expect(last.map(({ metric, verdict }) => `${metric} ${verdict}`)).toEqual([
      'error-rate pass',
      'took pass',
      'latency-p50 pass',
      'latency-p99 pass',
    ]);
    // Every request since the evidence began, across restarts: 10 a minute for 355 minutes. Counters
    // are looked at each five minutes: what a process counts between a look and its end is lost.
    expect(last.map(({ samples }) => samples)).toEqual([3470, 3470, 3470, 3470]);
  });

  it.each([
    ['latency-p99', 'by its buckets'],
    ['took', 'by its mean'],
  ])('take back what is five times as slow: %s, %s', async (metric) => {
    const desk = await deskOf('slow', `[${metric}]`);
    const ticks: string[] = [];
    for (let at = 10; at <= 90; at += 5) {
      const { decision, verdicts } = (await desk.tick(minutes(at))).of('slow');
      ticks.push(decision.kind);
      if (decision.kind !== 'rollback') continue;
      expect(verdicts[0]).toMatchObject({ metric, verdict: 'breach' });
      break;
    }
    expect(ticks.at(-1)).toBe('rollback');
    expect(await desk.status('rollouts/slow.yaml')).toMatchObject({ phase: 'rolled-back' });
  });

  it('count the failures that a new variant had when it was first seen', async () => {
    const desk = await deskOf('failing', '[error-rate]');
    const { decision, verdicts } = (await desk.tick(minutes(12))).of('failing');
    expect(verdicts[0]).toMatchObject({ verdict: 'breach', samples: 28, value: 1 });
    expect(decision.kind).toBe('rollback');
  });

  it('pause a stage in which users are not split as it asks', async () => {
    const desk = await deskOf('lopsided', '[latency-p99]');
    const { decision } = (await desk.tick(minutes(30))).of('lopsided');
    expect(decision).toMatchObject({
      kind: 'pause',
      code: 'sample-ratio',
      why: expect.stringContaining('500 got on and 4,750 off, where 263 and 4,988'),
    });
    expect(await desk.status('rollouts/lopsided.yaml')).toMatchObject({ phase: 'paused' });
  });

  it('tell of a completed flag that is no more what it was, and of one that is', async () => {
    const desk = (level: number) =>
      openDesk(june(1, '09:00'), {
        '.github/sluice.yml': CONFIG(),
        'rollouts/drifting.yaml': rolloutText('drifting', {
          checks: '[{metric: took, max: 10s, drift: {by: 5%, over: 4h}}]',
          status: `{phase: completed, stage: full, since: '${june(1, '09:00')}', levels: {took: ${level}}}`,
        }),
      });
    const worse = await (await desk(0.2)).tick(minutes(LENGTH));
    expect(worse.json().drifted).toEqual(['drifting@production']);
    expect(worse.of('drifting').decision).toMatchObject({ kind: 'hold', code: 'drifted' });
    const same = await (await desk(0.33)).tick(minutes(LENGTH));
    expect(same.json().drifted).toEqual([]);
    expect(same.of('drifting').decision.code).toBe('completed');
  });
});
