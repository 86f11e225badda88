import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTrailers } from '../../src/tell/commit.ts';
import { closeDesks, type Desk, openDesk } from '../support/desk.ts';
import { evidenceHolds } from '../support/evidence.ts';
import { HISTORY } from '../support/history.ts';
import { type RunningPrometheus, startPrometheus } from '../support/prometheus.ts';
import { inStage, june, rolloutText } from '../support/rollouts.ts';

let server: RunningPrometheus;

beforeAll(async () => {
  server = await startPrometheus({ series: HISTORY });
});
afterAll(async () => {
  await server?.stop();
  await closeDesks();
});

/** A metric of each kind that the scenarios need, on the real server. */
const config = (more = ''): string => `providers:
  prometheus: {type: prometheus, url: '${server.url}'}
metrics:
  errors:
    unit: ratio
    query: error_ratio{flag="{{flag}}",variant="{{variant}}"}
    for: 10m
    limits: {max: 1%}
  latency:
    unit: seconds
    query: avg_over_time(latency_seconds{flag="{{flag}}",variant="{{variant}}"}[{{window}}])
    limits: {max_increase: 25%}
  odd: {query: 'odd{flag="{{flag}}"}', limits: {max: 1}}
targets: [{type: json, path: flags/exposures.json}]
${more}`;

const path = (flag: string): string => `rollouts/${flag}.yaml`;

/** A repository with one flag, in a stage since Sunday forenoon. */
const SUNDAY = '2026-05-31T09:00:00Z';
async function deskOf(
  flag: string,
  text: Parameters<typeof rolloutText>[1],
  policy?: string,
): Promise<Desk> {
  return openDesk(SUNDAY, {
    '.github/sluice.yml': config(policy),
    [path(flag)]: rolloutText(flag, text),
  });
}

const LONG =
  '[{name: canary, percentage: 5, duration: 1d}, {name: quarter, percentage: 25, duration: 7d}, {name: full, percentage: 100, duration: 1d}]';
const IN_QUARTER = { stages: LONG, status: inStage('quarter', SUNDAY) };

/** Ticks every five minutes, and what each decided. */
async function every5(desk: Desk, flag: string, from: string, to: string): Promise<string[]> {
  const decided: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 300_000) {
    const now = new Date(at).toISOString();
    const tick = await desk.tick(now);
    expect(tick.code, tick.stdout + tick.stderr).toBe(0);
    const { kind, code } = tick.of(flag).decision;
    decided.push(`${now.slice(11, 16)} ${kind} ${code}`);
  }
  return decided;
}

describe.concurrent('a rollout on a real Prometheus', () => {
  it('climbs its ladder, a stage a tick at most, by dwell, window and freeze', async () => {
    const text = rolloutText('climber', {
      stages:
        '[{name: canary, percentage: 5, duration: 1d}, {name: quarter, percentage: 25, duration: 1d}, {name: half, percentage: 50, duration: 1d}, {name: full, percentage: 100, duration: 1d}]',
      checks: '[error-rate, {metric: latency, max_increase: 25%}]',
    });
    const desk = await openDesk(june(1, '07:00'), {
      '.github/sluice.yml': config(
        'policy: {freezes: [{from: 2026-06-03, to: 2026-06-03, reason: Release day}]}',
      ),
      [path('climber')]: text,
    });
    const story: string[] = [];
    let before = await desk.file(path('climber'));
    for (const now of [
      june(1, '08:00'), // too early in the day
      june(1, '09:00'),
      june(1, '09:05'),
      june(2, '08:55'), // a day in the stage is not over
      june(2, '09:00'),
      june(2, '09:05'),
      june(3, '10:00'), // frozen
      june(4, '08:59'),
      june(4, '09:00'),
      june(5, '10:00'), // Friday
      june(7, '12:00'), // Sunday
      june(8, '09:00'),
      june(8, '09:05'),
      june(9, '09:00'),
      june(9, '10:00'),
    ]) {
      const commits = await desk.count();
      const tick = await desk.tick(now);
      expect(tick.code, tick.stdout + tick.stderr).toBe(0);
      const { decision } = tick.of('climber');
      const moved = (await desk.count()) - commits;
      story.push(
        `${now.slice(8, 16)} ${decision.kind} ${decision.to ?? decision.code}${moved ? ' +1' : ''}`,
      );
      const after = await desk.file(path('climber'));
      if (after !== before) {
        expect(moved).toBe(1);
        const touched = await desk.repo.git('show', '--format=', '--name-only', 'main');
        const record = decision.kind === 'start' ? [] : ['rollouts/climber.evidence.json'];
        expect(touched.split('\n')).toEqual(['flags/exposures.json', ...record, path('climber')]);
        // What a person wrote stays to the byte.
        expect(after.replace(/^status:\n(?: .*\n)+/m, '')).toBe(text);
        before = after;
      }
    }
    expect(story).toEqual([
      // The target is compiled for the first time: pending is off.
      '01T08:00 hold outside-window +1',
      '01T09:00 start canary +1',
      '01T09:05 hold dwell',
      '02T08:55 hold dwell',
      '02T09:00 advance quarter +1',
      '02T09:05 hold dwell',
      '03T10:00 hold frozen',
      '04T08:59 hold outside-window',
      '04T09:00 advance half +1',
      '05T10:00 hold outside-window',
      '07T12:00 hold outside-window',
      '08T09:00 advance full +1',
      '08T09:05 hold dwell',
      '09T09:00 complete dwell-over +1',
      '09T10:00 none completed',
    ]);

    const messages = (await desk.messages()).slice(0, 5).reverse();
    const trailers = messages.flatMap(readTrailers);
    expect(trailers.map(({ key, action, from, to }) => `${key} ${action} ${from}->${to}`)).toEqual([
      'climber@production start off->canary',
      'climber@production advance canary->quarter',
      'climber@production advance quarter->half',
      'climber@production advance half->full',
      'climber@production complete full->full',
    ]);
    for (const message of messages) expect(evidenceHolds(message), message).toBe(true);
    expect(await desk.status(path('climber'))).toMatchObject({
      phase: 'completed',
      stage: 'full',
      since: june(8, '09:00'),
      started: june(1, '09:00'),
      // What control was like when it was last seen.
      baseline: { latency: expect.closeTo(0.2, 9) },
    });
    expect(await desk.target('climber')).toMatchObject({ phase: 'completed', stage: 'full' });
    expect(await desk.dirt()).toBe('');
  });

  it('compiles the exposure of each stage in the commit that enters it', async () => {
    const desk = await deskOf('healthy', {
      status: inStage('canary', SUNDAY),
    });
    await desk.tick(june(1, '09:30'));
    expect(await desk.status(path('healthy'))).toMatchObject({ stage: 'quarter' });
    expect(await desk.target('healthy')).toMatchObject({
      stage: 'quarter',
      variant: 'on',
      audiences: [{ weight: 25_000 }],
    });
  });
});

describe.concurrent('a breach that has to last ten minutes', () => {
  it('rolls back when it did, and nothing advances after it', async () => {
    const desk = await deskOf('ten-minutes', { ...IN_QUARTER, risk: 'high' });
    expect(await every5(desk, 'ten-minutes', june(1, '09:55'), june(1, '10:20'))).toEqual([
      '09:55 hold dwell',
      '10:00 hold dwell',
      '10:05 hold dwell',
      '10:10 rollback breach',
      '10:15 none rolled-back',
      '10:20 none rolled-back',
    ]);
    expect(await desk.status(path('ten-minutes'))).toMatchObject({
      phase: 'rolled-back',
      stage: 'canary',
      since: june(1, '10:10'),
    });
    expect(await desk.target('ten-minutes')).toMatchObject({ audiences: [{ weight: 5_000 }] });
    const [message = ''] = await desk.messages();
    expect(message).toContain('Roll back ten-minutes@production to canary');
    expect(message).toContain('errors: breach. 5 %; at most 1 % is allowed (max), for 10m of 10m');
    expect(evidenceHolds(message)).toBe(true);
    expect(readTrailers(message)).toMatchObject([{ from: 'quarter', to: 'canary' }]);
    expect(await desk.reverts()).toEqual([]);

    const commits = await desk.count();
    for (const day of [2, 3, 9]) {
      const tick = await desk.tick(june(day, '10:00'));
      expect(tick.of('ten-minutes')).toMatchObject({ phase: 'rolled-back', stage: 'canary' });
    }
    expect(await desk.count()).toBe(commits);
  });

  it('does nothing when it lasted five', async () => {
    const desk = await deskOf('five-minutes', { ...IN_QUARTER, risk: 'high' });
    const decided = await every5(desk, 'five-minutes', june(1, '09:55'), june(1, '10:20'));
    expect(new Set(decided.map((line) => line.slice(6)))).toEqual(new Set(['hold dwell']));
    expect(await desk.status(path('five-minutes'))).toMatchObject({ stage: 'quarter' });
    expect(await desk.reverts()).toEqual([]);
  });

  it('says that a limit is broken before it counts', async () => {
    const desk = await deskOf('ten-minutes', { ...IN_QUARTER, risk: 'high' });
    const { verdicts } = (await desk.tick(june(1, '10:05'))).of('ten-minutes');
    expect(verdicts).toMatchObject([
      { verdict: 'insufficient', reason: 'over-limit-briefly', value: 0.05 },
    ]);
    const shown = await desk.show(june(1, '10:05'), ['status']);
    expect(shown.stdout).toContain('past its limit, but not for long enough yet to count');
  });
});

describe.concurrent('a revert for people to merge', () => {
  const BRANCH = 'rollout/revert/all-day/quarter-20260531T090000Z';

  /** The target is there already, as in any repository that has been running for a while. */
  async function running(text: Parameters<typeof rolloutText>[1]): Promise<Desk> {
    const desk = await deskOf('all-day', text);
    await desk.run(SUNDAY, 'compile');
    return desk;
  }

  it('is offered once, and committed when it is still open after 15 minutes', async () => {
    const desk = await running(IN_QUARTER);
    expect(await every5(desk, 'all-day', june(1, '10:00'), june(1, '10:20'))).toEqual([
      '10:00 hold dwell',
      '10:05 hold dwell',
      '10:10 rollback breach',
      '10:15 hold revert-open',
      '10:20 hold revert-open',
    ]);
    expect(await desk.reverts()).toEqual([BRANCH]);
    expect(await desk.repo.git('rev-list', '--count', `main..${BRANCH}`)).toBe('1');
    // Nothing has moved yet, and what is offered proves itself.
    expect(await desk.status(path('all-day'))).toMatchObject({ phase: 'progressing' });
    const [offered = ''] = await desk.messages(BRANCH);
    expect(evidenceHolds(offered)).toBe(true);
    const tick = await desk.tick(june(1, '10:20'));
    expect(tick.of('all-day').decision.until).toBe(june(1, '10:25'));

    expect(await every5(desk, 'all-day', june(1, '10:25'), june(1, '10:25'))).toEqual([
      '10:25 rollback breach',
    ]);
    expect(await desk.status(path('all-day'))).toMatchObject({
      phase: 'rolled-back',
      stage: 'canary',
    });
    expect(await desk.reverts()).toEqual([]);
    expect(await desk.dirt()).toBe('');
  });

  it('is withdrawn when it was merged', async () => {
    const desk = await running(IN_QUARTER);
    await every5(desk, 'all-day', june(1, '10:10'), june(1, '10:10'));
    await desk.repo.git('merge', '--quiet', '--ff-only', BRANCH);
    expect(await every5(desk, 'all-day', june(1, '10:15'), june(1, '10:20'))).toEqual([
      '10:15 none rolled-back',
      '10:20 none rolled-back',
    ]);
    expect(await desk.status(path('all-day'))).toMatchObject({
      phase: 'rolled-back',
      stage: 'canary',
    });
    expect(await desk.target('all-day')).toMatchObject({ stage: 'canary' });
    expect(await desk.reverts()).toEqual([]);
  });

  it('is withdrawn when it was merged and the flag is off now', async () => {
    const desk = await running({ ...IN_QUARTER, more: 'rollback: {to: off}' });
    await every5(desk, 'all-day', june(1, '10:10'), june(1, '10:10'));
    await desk.repo.git('merge', '--quiet', '--ff-only', BRANCH);
    await every5(desk, 'all-day', june(1, '10:15'), june(1, '10:15'));
    expect(await desk.status(path('all-day'))).toMatchObject({ serving: 'control' });
    expect(await desk.reverts()).toEqual([]);
  });

  it('that a person declined is not offered again, and the flag holds', async () => {
    const desk = await running(IN_QUARTER);
    await every5(desk, 'all-day', june(1, '10:10'), june(1, '10:10'));
    const declined = BRANCH.replace('/revert/', '/declined/');
    await desk.repo.git('branch', '-m', BRANCH, declined);
    const commits = await desk.count();
    const decided = await every5(desk, 'all-day', june(1, '10:15'), june(1, '10:40'));
    expect(new Set(decided.map((line) => line.slice(6)))).toEqual(
      new Set(['hold revert-declined']),
    );
    expect(await desk.count()).toBe(commits);
    expect(await desk.reverts()).toEqual([declined]);
  });
});

describe.concurrent('where a breach leads', () => {
  it.each([
    ['off, where the file says so', 'quarter', 'rollback: {to: off}'],
    ['off, from the first stage', 'canary', undefined],
  ])('%s', async (_, stage, more) => {
    const desk = await deskOf('all-day', {
      risk: 'high',
      stages: LONG,
      status: inStage(stage, '2026-06-01T08:00:00Z'),
      ...(more === undefined ? {} : { more }),
    });
    await every5(desk, 'all-day', june(1, '10:10'), june(1, '10:10'));
    const status = await desk.status(path('all-day'));
    expect(status).toMatchObject({ phase: 'rolled-back', serving: 'control' });
    expect(status).not.toHaveProperty('stage');
    expect(await desk.target('all-day')).toMatchObject({ variant: 'off', audiences: [] });
  });

  it('the fallback, then off when that is no better; restart begins anew', async () => {
    const desk = await deskOf('all-day', {
      ...IN_QUARTER,
      checks: '[{metric: errors, max: 1%, on_breach: degrade}]',
      more: "rollback: {via: commit}\nvariants: {'on': a, 'off': b, cached: c}\nfallback: cached",
    });
    expect(await every5(desk, 'all-day', june(1, '10:10'), june(1, '10:30'))).toEqual([
      '10:10 degrade breach',
      '10:15 none degraded',
      '10:20 none degraded',
      '10:25 none degraded',
      // Five minutes to settle, one of evidence, ten to last.
      '10:30 rollback breach',
    ]);
    const messages = await desk.messages();
    expect(messages[1]).toContain('Degrade all-day@production to cached');
    expect(await desk.status(path('all-day'))).toMatchObject({
      phase: 'rolled-back',
      serving: 'control',
    });
    expect(await desk.target('all-day')).toMatchObject({ variant: 'off', audiences: [] });

    await desk.say(june(1, '11:00'), '/rollout restart all-day fixed');
    expect(await desk.status(path('all-day'))).toEqual({ phase: 'pending', entry: 4 });
    await desk.tick(june(1, '11:05'));
    expect(await desk.status(path('all-day'))).toMatchObject({
      phase: 'progressing',
      stage: 'canary',
      since: june(1, '11:05'),
    });
  });

  it('resume goes on from where the rollback led to, with a clock that starts again', async () => {
    const desk = await deskOf('ten-minutes', { ...IN_QUARTER, risk: 'high' });
    await every5(desk, 'ten-minutes', june(1, '10:10'), june(1, '10:10'));
    await desk.say(june(1, '11:00'), '/rollout resume ten-minutes it was the database');
    expect(await desk.status(path('ten-minutes'))).toMatchObject({
      phase: 'progressing',
      stage: 'canary',
      since: june(1, '11:00'),
    });
    expect((await desk.tick(june(1, '11:30'))).of('ten-minutes').decision).toMatchObject({
      kind: 'hold',
      code: 'dwell',
      until: june(2, '11:00'),
    });
  });

  it('a warning pauses', async () => {
    const desk = await deskOf('slow', {
      ...IN_QUARTER,
      checks: '[{metric: latency, warn: {max_increase: 20%}, max_increase: 50%}]',
    });
    const tick = await desk.tick(june(1, '10:00'));
    expect(tick.of('slow').decision).toMatchObject({ kind: 'pause', code: 'warning' });
    expect(await desk.status(path('slow'))).toMatchObject({ phase: 'paused', stage: 'quarter' });
    expect((await desk.tick(june(9, '10:00'))).of('slow').phase).toBe('paused');
  });

  it('control that is as bad pauses the flag and rolls nothing back', async () => {
    const desk = await deskOf('shared', { ...IN_QUARTER, risk: 'high' });
    const tick = await desk.tick(june(1, '10:00'));
    expect(tick.of('shared').decision).toMatchObject({
      kind: 'pause',
      code: 'breach-shared-with-control',
    });
    expect(await desk.status(path('shared'))).toMatchObject({ phase: 'paused', stage: 'quarter' });
  });

  it('in an outage only the flag that is worse than its control goes back', async () => {
    const desk = await deskOf('all-day', { ...IN_QUARTER, risk: 'high' });
    const others = Object.fromEntries(
      ['alone', 'shared'].map((flag) => [
        path(flag),
        rolloutText(flag, { ...IN_QUARTER, risk: 'high' }),
      ]),
    );
    await desk.commit(SUNDAY, 'More flags', others);
    const tick = await desk.tick(june(1, '10:10'));
    const decided = ['all-day', 'alone', 'shared'].map((flag) => {
      const { kind, code } = tick.of(flag).decision;
      return `${flag}: ${kind} ${code}`;
    });
    expect(decided).toEqual([
      'all-day: rollback breach',
      'alone: pause breach-in-outage',
      'shared: pause breach-shared-with-control',
    ]);
    expect(tick.json().commits).toHaveLength(1);
  });
});

describe.concurrent('a baseline', () => {
  it.each([
    ['control', 'control', 0.2, 'breach', 'rollback'],
    ['offset', '{offset: 1d}', 0.25, 'pass', 'hold'],
    ['before-start', '{before_start: 24h}', 0.4, 'pass', 'hold'],
    ['value', '{value: 200ms}', 0.2, 'breach', 'rollback'],
  ])('from %s', async (from, written, value, verdict, decision) => {
    const desk = await deskOf('slow', {
      ...IN_QUARTER,
      checks: `[{metric: latency, max_increase: 25%, baseline: ${written}}]`,
    });
    const seen = (await desk.tick(june(1, '10:00'), '--dry-run')).of('slow');
    expect(seen.verdicts).toMatchObject([
      {
        verdict,
        value: expect.closeTo(0.26, 9),
        baseline: { from, value: expect.closeTo(value, 2) },
      },
    ]);
    expect(seen.decision.kind).toBe(decision);
  });

  it.each([
    [0.2, 'breach'],
    [0.25, 'pass'],
  ])('pinned at %d before everyone was exposed', async (level, verdict) => {
    const desk = await deskOf('slow', {
      stages: LONG,
      checks: '[latency]',
      status: inStage('full', SUNDAY, `, baseline: {latency: ${level}}`),
    });
    const seen = (await desk.tick(june(1, '08:00'), '--dry-run')).of('slow');
    expect(seen.verdicts).toMatchObject([{ verdict, baseline: { from: 'pinned', value: level } }]);
  });
});

describe.concurrent('too little data', () => {
  it('holds until the longest time of the stage, then pauses', async () => {
    const desk = await deskOf('rare', {
      stages:
        '[{name: canary, percentage: 5, duration: 1d, max_duration: 30h}, {name: full, percentage: 100, duration: 1d}]',
      checks: '[error-rate]',
      status: inStage('canary', june(1, '09:00')),
    });
    const held = (await desk.tick(june(2, '09:30'))).of('rare');
    expect(held.decision).toMatchObject({
      kind: 'hold',
      code: 'insufficient',
      until: june(2, '15:00'),
    });
    expect(held.verdicts).toMatchObject([{ reason: 'too-few-samples' }]);
    const text = (await desk.show(june(2, '09:30'), ['status'])).stdout;
    expect(text).toMatch(/too few samples yet \(7\d\d of 1000\)/);
    const paused = await desk.tick(june(2, '15:00'));
    expect(paused.of('rare').decision).toMatchObject({ kind: 'pause', code: 'insufficient' });
    expect(await desk.status(path('rare'))).toMatchObject({ phase: 'paused', stage: 'canary' });
  });
});
