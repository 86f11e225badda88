import { afterAll, describe, expect, it } from 'vitest';
import { closeDesks, type Desk, openDesk } from '../support/desk.ts';

const NOON = '2026-12-01T';
const at = (time: string): string => `${NOON}${time}:00Z`;

afterAll(closeDesks);

/** A counter every five minutes of 1 December, from one minute of the day to another. */
interface Counts {
  readonly from: number;
  readonly to: number;
  readonly perMinute: number;
}

type Recorded = Readonly<Record<string, Counts>>;

const counts = (from: number, to: number, perMinute: number): Counts => ({ from, to, perMinute });

const time = (minute: number): string =>
  new Date(Date.parse('2026-12-01T00:00:00Z') + minute * 60_000).toISOString().slice(0, 19);

function csv(recorded: Recorded): string {
  const rows = Object.entries(recorded).flatMap(([series, { from, to, perMinute }]) =>
    Array.from({ length: (to - from) / 5 + 1 }, (_, index) => {
      const value = Number.isNaN(perMinute) ? 'NaN' : index * 5 * perMinute;
      return `${time(from + index * 5)}Z,${series},${value}`;
    }),
  );
  return `time,series,value\n${rows.join('\n')}\n`;
}

const CONFIG = `providers: {rec: {type: replay, path: metrics.csv}}
metrics:
  errs: {kind: proportion, events: 'errors {{variant}}', total: 'total {{variant}}', limits: {max: 5%}}
policy: {advance: {days: [mon,tue,wed,thu,fri,sat,sun], hours: 00:00-24:00}, risk: {medium: {total_duration: 1h, stage_duration: 10m}}}
targets: [{type: json, path: flags/e.json}]
`;

const ROLLOUT = `flag: shop
owners: ['@ada']
stages: [{name: a, percentage: 10, duration: 2h}, {name: b, percentage: 50, duration: 2h}, {name: c, percentage: 100, duration: 2h}]
rollback: {via: commit, to: off}
checks: [errs]
`;

/** Services that are well from 08:00 on, the treatment from its start at 10:00. */
const WELL: Recorded = {
  'total on': counts(600, 960, 100),
  'errors on': counts(600, 960, 1),
  'total off': counts(480, 960, 900),
  'errors off': counts(480, 960, 9),
};

async function shop(recorded: Recorded, rollout = ROLLOUT, config = CONFIG): Promise<Desk> {
  const desk = await openDesk(at('09:00'), {
    '.github/sluice.yml': config,
    'rollouts/shop.yaml': rollout,
    'metrics.csv': csv({ ...WELL, ...recorded }),
  });
  await desk.tick(at('10:00'));
  return desk;
}

/** What a tick decides, and why the check does not pass. */
async function decided(desk: Desk, now: string): Promise<string> {
  const tick = await desk.tick(at(now));
  const { decision, verdicts } = tick.of('shop');
  const [verdict] = verdicts ?? [];
  return [decision.kind, decision.code, verdict?.reason].filter((each) => each).join(' ');
}

describe.concurrent('nothing unseen passes', () => {
  it('services that are well go up', async () => {
    const desk = await shop({});
    expect(await decided(desk, '12:01')).toBe('advance dwell-over');
  });

  it.each<[string, Recorded, string]>([
    [
      'a treatment that fell silent while control goes on',
      { 'total on': counts(600, 660, 100), 'errors on': counts(600, 660, 1) },
      'pause silent-treatment silent-treatment',
    ],
    [
      'a treatment whose counters are frozen',
      { 'total on': { ...counts(600, 600, 100) }, 'errors on': counts(600, 600, 1) },
      'pause silent-treatment silent-treatment',
    ],
    [
      'monitoring that is gone for both',
      {
        'total on': counts(600, 660, 100),
        'errors on': counts(600, 660, 1),
        'total off': counts(480, 660, 900),
        'errors off': counts(480, 660, 9),
      },
      'hold insufficient no-data',
    ],
    [
      'events that vanish from both arms, while totals go on',
      { 'errors on': counts(600, 660, 1), 'errors off': counts(480, 660, 9) },
      'hold insufficient vanished',
    ],
    [
      'events that the query finds in control only',
      { 'errors on': counts(600, 600, 0) },
      'hold insufficient too-good',
    ],
    [
      'events that are not numbers',
      { 'errors on': counts(600, 960, Number.NaN) },
      'hold insufficient nan',
    ],
    [
      'totals that are not numbers',
      { 'total on': counts(600, 960, Number.NaN) },
      'hold insufficient nan',
    ],
  ])('%s', async (_, recorded, right) => {
    const desk = await shop(recorded);
    expect(await decided(desk, '12:01')).toBe(right);
  });

  it('a treatment that is silent is paused long before its dwell is over', async () => {
    const desk = await shop({
      'total on': counts(600, 660, 100),
      'errors on': counts(600, 660, 1),
    });
    expect(await decided(desk, '11:10')).toBe('hold dwell');
    expect(await decided(desk, '11:20')).toBe('pause silent-treatment silent-treatment');
  });

  it('goes on with the evidence of before when data comes back', async () => {
    const gone = counts(600, 660, 100);
    const desk = await shop({
      'total on': gone,
      'errors on': counts(600, 660, 1),
      'total off': counts(480, 660, 900),
      'errors off': counts(480, 660, 9),
    });
    expect(await decided(desk, '12:01')).toBe('hold insufficient no-data');
    await desk.commit(at('12:02'), 'Monitoring is back', { 'metrics.csv': csv(WELL) });
    expect(await decided(desk, '12:05')).toBe('advance dwell-over');
  });

  it('a completed flag without data is not called healthy, and does not fail the run', async () => {
    const status =
      "status: {phase: completed, stage: c, since: '2026-12-01T10:00:00Z', started: '2026-12-01T10:00:00Z'}\n";
    const desk = await shop(
      {
        'total on': counts(600, 660, 100),
        'errors on': counts(600, 660, 1),
        'total off': counts(480, 660, 900),
        'errors off': counts(480, 660, 9),
      },
      `${ROLLOUT}${status}`,
    );
    const tick = await desk.tick(at('13:00'));
    expect(tick.of('shop').decision).toMatchObject({
      kind: 'none',
      why: 'completed; 0 of 1 checks pass; not known: errs: no data',
    });
    expect(tick.code).toBe(0);
  });
});

const started = async (desk: Desk): Promise<boolean> =>
  (await desk.status('rollouts/shop.yaml')).phase === 'progressing';

/** Metrics of a server that refuses the connection. */
const REFUSED = CONFIG.replace(
  '{type: replay, path: metrics.csv}',
  "{type: prometheus, url: 'http://127.0.0.1:9'}",
);
/** Nobody has reported control for more than an hour when the flag may start. */
const NO_CONTROL: Recorded = { 'total off': counts(0, 520, 900), 'errors off': counts(0, 520, 9) };

describe.concurrent('nobody is exposed unseen', () => {
  it('a provider that refuses the connection holds the start, and fails the run', async () => {
    const desk = await shop({}, ROLLOUT, REFUSED);
    const tick = await desk.tick(at('10:05'));
    expect(tick.of('shop').decision).toMatchObject({ kind: 'hold', code: 'unavailable' });
    expect(tick.of('shop').decision.why).toMatch(
      /^it does not start unseen; errs: .*the connection was refused/,
    );
    expect(tick.code).toBe(1);
    expect(tick.json().failures).toMatchObject([
      { code: 'unavailable', subject: 'shop@production', detail: expect.stringMatching(/refused/) },
    ]);
    expect(await started(desk)).toBe(false);
  });

  it('not even by promote', async () => {
    const desk = await shop({}, ROLLOUT, REFUSED);
    await desk.say(at('10:06'), '/rollout promote shop');
    expect(await started(desk)).toBe(false);
  });

  it('a control that reports nothing holds the start, until a person says promote', async () => {
    const desk = await shop(NO_CONTROL);
    const tick = await desk.tick(at('10:05'));
    expect(tick.of('shop').decision).toMatchObject({
      kind: 'hold',
      code: 'insufficient',
      why: 'it does not start unseen; errs: control, which everybody has, reports nothing; check the query and its labels',
    });
    expect(tick.code).toBe(0);
    const shown = await desk.show(at('10:05'), ['status']);
    expect(shown.stdout).toContain('next: a (10 %) is on hold; it does not start unseen; errs: ');
    await desk.say(at('10:06'), '/rollout promote shop');
    expect(await started(desk)).toBe(true);
  });

  it('a check that is not required holds nothing', async () => {
    const desk = await shop(
      {},
      ROLLOUT.replace('[errs]', '[{metric: errs, required: false}]'),
      REFUSED,
    );
    expect(await started(desk)).toBe(true);
  });
});

describe.concurrent('events that nobody has seen', () => {
  /** No errors of this flag are recorded, in either arm. */
  const { 'errors on': _on, 'errors off': _off, ...totals } = WELL;

  async function without(more: Recorded, config = CONFIG): Promise<Desk> {
    const desk = await openDesk(at('09:00'), {
      '.github/sluice.yml': config,
      'rollouts/shop.yaml': ROLLOUT,
      'metrics.csv': csv({ ...totals, ...more }),
    });
    await desk.tick(at('10:00'));
    return desk;
  }

  it('hold, if the query finds none of any flag either', async () => {
    const desk = await without({});
    expect(await decided(desk, '12:01')).toBe('hold insufficient never-seen');
  });

  it('are none, if the query finds those of another variant', async () => {
    const desk = await without({ 'errors other': counts(480, 500, 1) }, CONFIG);
    expect(await decided(desk, '12:01')).toBe('hold insufficient never-seen');
    const seen = await without({ 'errors off': counts(480, 485, 0) });
    expect(await decided(seen, '12:01')).toBe('advance dwell-over');
  });

  it('are none, if the config says that none is normal', async () => {
    const desk = await without({}, CONFIG.replace('limits:', 'zero: normal, limits:'));
    expect(await decided(desk, '12:01')).toBe('advance dwell-over');
  });
});
