import { afterAll, describe, expect, it } from 'vitest';
import { readTrailers } from '../../src/tell/commit.ts';
import { closeDesks, type Desk, openDesk } from '../support/desk.ts';
import { evidenceHolds } from '../support/evidence.ts';
import { inStage, june, rolloutText } from '../support/rollouts.ts';

afterAll(closeDesks);

const PATH = 'rollouts/checkout.yaml';
const SINCE = june(1, '09:00');
const MINUTES = 15;

/** What is counted a minute since June began, hour by hour; a number is the same at every hour. */
type PerMinute = number | ((hour: number) => number);

/** Recorded counters: how far each had counted, every quarter of an hour for ten days. */
function counters(series: Readonly<Record<string, PerMinute>>): string {
  const start = Date.parse('2026-05-25T00:00:00Z');
  const recorded = Object.entries(series).map(([name, by]) => {
    let value = 0;
    const points: (readonly [string, number])[] = [];
    for (let at = start; at <= Date.parse(june(12, '00:00')); at += MINUTES * 60_000) {
      points.push([new Date(at).toISOString(), value]);
      const hour = (at - Date.parse(SINCE)) / 3_600_000;
      value += MINUTES * (typeof by === 'number' ? by : by(hour));
    }
    return [name, points] as const;
  });
  return JSON.stringify(Object.fromEntries(recorded));
}

const CONFIG = `providers:
  recorded: {type: replay, path: metrics.json, lookback: 20m}
metrics:
  conversion: {kind: proportion, category: business, events: 'orders {{variant}}', total: 'visits {{variant}}', limits: {max_decrease: 50%}}
  errors: {kind: proportion, events: 'failed {{variant}}', total: 'visits {{variant}}', limits: {max: 1%}}
  agreement: {kind: proportion, events: 'same', total: 'visits on', limits: {min: 85%}}
  p95: {unit: seconds, query: 'p95 {{variant}}', limits: {max: 3s}}
targets: [{type: json, path: flags/exposures.json}]
policy: {advance: {days: [mon, tue, wed, thu, fri, sat, sun], hours: '00:00-24:00'}}
`;

/** Half of the visits order; one in a thousand fails. 9,806 visits an arm take 17 hours. */
const HEALTHY = {
  'visits off': 10,
  'visits on': 10,
  'orders off': 5,
  'orders on': 5,
  'failed off': 0.01,
  'failed on': 0.01,
};

const AB = `
  - {name: canary, percentage: 5, duration: 1d}
  - {name: ab, percentage: 50, duration: 1d, experiment: {metrics: [conversion], min_effect: 2pp, max_duration: 4d}}
  - {name: full, percentage: 100, duration: 1d}`;

async function deskWith(
  series: Readonly<Record<string, PerMinute>>,
  { stages = AB, stage = 'ab', checks = '[errors]', more = '' } = {},
): Promise<Desk> {
  return openDesk(SINCE, {
    '.github/sluice.yml': CONFIG,
    'metrics.json': counters({ ...HEALTHY, ...series }),
    [PATH]: rolloutText('checkout', {
      stages,
      checks,
      status: inStage(stage, SINCE),
      ...(more === '' ? {} : { more }),
    }),
  });
}

/** What ticks at some moments decide. */
async function story(desk: Desk, ...moments: readonly string[]): Promise<readonly string[]> {
  const told: string[] = [];
  for (const now of moments) {
    const tick = await desk.tick(now);
    expect(tick.code, tick.stdout + tick.stderr).toBe(0);
    const { kind, code, to } = tick.of('checkout').decision;
    told.push(`${now.slice(8, 16)} ${kind} ${code}${to === null ? '' : ` → ${to}`}`);
  }
  return told;
}

describe.concurrent('an experiment', () => {
  it('that B wins advances, once the dwell is over, with its figures in the commit', async () => {
    const desk = await deskWith({ 'orders on': 5.3 });
    expect(await story(desk, june(1, '15:00'), june(2, '08:00'), june(2, '09:30'))).toEqual([
      '01T15:00 hold dwell',
      '02T08:00 hold dwell',
      '02T09:30 advance trial → full',
    ]);
    expect(await desk.status(PATH)).toMatchObject({ phase: 'progressing', stage: 'full' });
    const [message = ''] = await desk.messages();
    expect(message).toMatch(
      /Why: B wins: conversion is 53 % in B against 50 % in A, \+1\.8\d to \+4\.1\d points, 95 % sure; of the samples planned A has 14,\d{3} of 9,806, B 14,\d{3} of 9,806; 1d/,
    );
    expect(readTrailers(message)).toMatchObject([{ action: 'advance', from: 'ab', to: 'full' }]);
    expect(evidenceHolds(message)).toBe(true);
  });

  it('that is not decided says how far it is, to people and machines', async () => {
    const desk = await deskWith({ 'orders on': 5.1 });
    const now = june(1, '19:00');
    const said =
      /no verdict yet: conversion is 51 % in B against 50 % in A, .* A has [56],\d{3} of 9,806, B [56],\d{3} of 9,806/;
    expect((await desk.show(now, ['status'])).stdout).toMatch(said);
    const { trial } = (await desk.tick(now, '--dry-run')).of('checkout') as unknown as {
      trial: Record<string, unknown>;
    };
    expect(trial).toMatchObject({
      kind: 'experiment',
      says: 'collecting',
      does: 'wait',
      metric: 'conversion',
      'min-effect': 0.02,
      comparison: { a: 0.5, b: expect.closeTo(0.51, 6), confidence: 0.95 },
    });
    expect(trial.progress).toBeGreaterThan(0.5);
    expect(trial.progress).toBeLessThan(0.7);
    expect((await desk.show(now, ['validate'])).stdout).toMatch(
      /ab asks whether conversion is higher in B; to see 2 points, 80 % of the time at 95 % confidence, takes .*9,806 samples an arm where it is 50 %; it ends after 4d at the latest/,
    );
  });

  it('that A wins is offered as a revert, and committed when nobody answers', async () => {
    const desk = await deskWith({ 'orders on': 4.6 });
    const moments = [june(2, '09:30'), june(2, '09:35'), june(2, '09:50')];
    expect(await story(desk, ...moments)).toEqual([
      '02T09:30 rollback trial → canary',
      '02T09:35 hold revert-open',
      '02T09:50 rollback revert-open → canary',
    ]);
    expect(await desk.status(PATH)).toMatchObject({ phase: 'rolled-back', stage: 'canary' });
    const [offered = ''] = await desk.messages('main');
    expect(readTrailers(offered)).toMatchObject([{ action: 'rollback', to: 'canary' }]);
    // Nothing advances until a person says so.
    expect(await story(desk, june(5, '10:00'))).toEqual(['05T10:00 none rolled-back']);
  });

  it('that A clearly wins goes back long before its dwell, by commit where the file says so', async () => {
    const desk = await deskWith({ 'orders on': 3 }, { more: 'rollback: {via: commit, to: off}' });
    expect(await story(desk, june(1, '15:00'))).toEqual(['01T15:00 rollback trial']);
    expect(await desk.status(PATH)).toMatchObject({ phase: 'rolled-back', serving: 'control' });
    const [message = ''] = await desk.messages();
    expect(message).toMatch(
      /Why: A wins: conversion is 30 % in B against 50 % in A, .*shown early/,
    );
  });

  it.each([
    ['advance', 'advance trial → full', { phase: 'progressing', stage: 'full' }],
    ['pause', 'pause trial', { phase: 'paused', stage: 'ab' }],
    ['rollback', 'rollback trial → canary', { phase: 'rolled-back', stage: 'canary' }],
  ])('that is a tie does what the file says: %s', async (does, decided, status) => {
    const stages = AB.replace('min_effect: 2pp', `min_effect: 2pp, on_tie: ${does}`);
    const desk = await deskWith({}, { stages, more: 'rollback: {via: commit}' });
    expect(await story(desk, june(2, '09:30'))).toEqual([`02T09:30 ${decided}`]);
    expect(await desk.status(PATH)).toMatchObject(status);
    const [message = ''] = await desk.messages();
    expect(message).toMatch(
      /Why: tie: conversion is 50 % in B against 50 % in A, .*no difference of 2 points left/,
    );
  });

  it('that is inconclusive at its longest time pauses, for a person to decide', async () => {
    const few = Object.fromEntries(Object.entries(HEALTHY).map(([name, by]) => [name, by / 10]));
    const desk = await deskWith(
      { ...few, 'orders on': 0.515 },
      { checks: '[{metric: errors, min_samples: 100}]' },
    );
    expect(await story(desk, june(2, '09:30'), june(5, '08:00'), june(5, '09:00'))).toEqual([
      '02T09:30 hold trial',
      '05T08:00 hold trial',
      '05T09:00 pause trial',
    ]);
    expect((await desk.status(PATH)).reason).toMatch(/^inconclusive: conversion is 51\.5 % in B/);
  });

  it('is ended at once by a breach in the middle, though B is winning', async () => {
    const desk = await deskWith({
      'orders on': 7,
      'failed on': (hour: number) => (hour < 3 ? 0.01 : 1),
    });
    expect(await story(desk, june(1, '11:00'), june(1, '13:00'))).toEqual([
      '01T11:00 hold dwell',
      '01T13:00 rollback breach → canary',
    ]);
  });

  it('begins anew when somebody edits its file, whatever it had found', async () => {
    const desk = await deskWith({ 'orders on': 5.3 });
    const text = await desk.file(PATH);
    await desk.commit(june(2, '08:00'), 'Ask for less', { [PATH]: text.replace('2pp', '1pp') });
    expect(await story(desk, june(2, '09:30'), june(3, '08:10'))).toEqual([
      '02T09:30 hold dwell',
      '03T08:10 advance trial → full',
    ]);
    const [message = ''] = await desk.messages();
    expect(message).toMatch(
      /B wins: .*, shown early by .*; of the samples planned A has 14,\d{3} of 39,/,
    );
  });

  it('is overridden by a person who says promote', async () => {
    const desk = await deskWith({ 'orders on': 5.1 });
    const said = await desk.say(june(1, '19:00'), '/rollout promote checkout seen enough');
    expect(said.json(), said.stdout).toMatchObject({ outcome: 'done' });
    expect(await desk.status(PATH)).toMatchObject({ stage: 'full' });
  });

  it('that cannot be measured holds, and fails the run', async () => {
    const desk = await deskWith({});
    await desk.commit(june(1, '10:00'), 'Lose the numbers', { 'metrics.json': '{' });
    const tick = await desk.tick(june(9, '10:00'));
    expect(tick.code).toBe(1);
    expect(tick.of('checkout').decision).toMatchObject({ kind: 'hold', code: 'unavailable' });
  });
});

describe.concurrent('a shadow run', () => {
  const STAGES = `
  - {name: shadow, percentage: 0, shadow: {agreement: agreement, latency: p95, errors: errors}, mirror: 10%, duration: 1d, max_duration: 3d}
  - {name: canary, percentage: 5, duration: 1d}
  - {name: full, percentage: 100, duration: 1d}`;
  /** Gauges are recorded as they are, not counted up. */
  async function shadowDesk(p95: number): Promise<Desk> {
    const desk = await deskWith({ same: 9.3 }, { stages: STAGES, stage: 'shadow', checks: '[]' });
    const counted = JSON.parse(await desk.file('metrics.json')) as Record<
      string,
      readonly (readonly [string, number])[]
    >;
    const flat = (value: number) => counted.same?.map(([at]) => [at, value]);
    await desk.commit(SINCE, 'Record levels', {
      'metrics.json': JSON.stringify({ ...counted, 'p95 on': flat(p95), 'p95 off': flat(0.2) }),
    });
    return desk;
  }

  it('that is fit goes on to the canary, and tells who mirrors how much', async () => {
    const desk = await shadowDesk(0.22);
    expect(await story(desk, june(1, '15:00'), june(2, '09:30'))).toEqual([
      '01T15:00 hold dwell',
      '02T09:30 advance trial → canary',
    ]);
    const [message = ''] = await desk.messages();
    expect(message).toMatch(/Why: fit for a canary: 93 % of answers agree, .* p95 1\.1 × control/);
    const text = await desk.repo.git('show', 'main~1:flags/exposures.json');
    expect(JSON.parse(text).flags['checkout@production']).toMatchObject({
      shadow: true,
      mirror: 10_000,
      audiences: [],
    });
  });

  it('that is slow holds, and at its longest time pauses with what to mend', async () => {
    const desk = await shadowDesk(0.36);
    expect(await story(desk, june(2, '09:30'), june(4, '09:00'))).toEqual([
      '02T09:30 hold trial',
      '04T09:00 pause trial',
    ]);
    expect((await desk.status(PATH)).reason).toMatch(
      /^optimise latency: p95 1\.8 × control, 1\.5 × allowed; 93 % of answers agree/,
    );
  });
});
