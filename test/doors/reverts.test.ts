import { afterAll, describe, expect, it } from 'vitest';
import { closeDesks, type Desk, openCompiledDesk } from '../support/desk.ts';
import { inStage, june, REPLAY_CONFIG, recording, rolloutText } from '../support/rollouts.ts';

const SUNDAY = '2026-05-31T09:00:00Z';
const FILE = 'rollouts/demo.yaml';
const REVERT = 'rollout/revert/demo/quarter-20260531T090000Z';

const CONFIG = REPLAY_CONFIG.replace('limits: {max: 1%}', 'limits: {max: 1%}, for: 10m').replace(
  'rollback: {via: commit}\n',
  '',
);

const STAGES =
  '[{name: canary, percentage: 5, duration: 1d}, {name: quarter, percentage: 25, duration: 7d}, {name: full, percentage: 100, duration: 1d}]';

type Row = readonly [at: string, series: string, value: number | string];

/** A flag at 25 % whose treatment has errors from 10:00 on, until `rows` say otherwise. */
async function breaching(...rows: readonly Row[]): Promise<Desk> {
  return openCompiledDesk(SUNDAY, {
    '.github/sluice.yml': CONFIG,
    'metrics.csv': recording(
      ['2026-05-01', 'errors demo off', 0.001],
      ['2026-05-01', 'errors demo on', 0.001],
      [june(1, '10:00'), 'errors demo on', 0.05],
      ...rows,
    ),
    [FILE]: rolloutText('demo', { stages: STAGES, status: inStage('quarter', SUNDAY) }),
  });
}

const phaseAfter = async (desk: Desk, time: string): Promise<unknown> => {
  await desk.tick(june(1, time));
  return (await desk.status(FILE)).phase;
};

afterAll(closeDesks);

describe('a revert that nobody merged or declined', () => {
  it('is committed when its time is over, though the breach has ended by then', async () => {
    const desk = await breaching([june(1, '10:13'), 'errors demo on', 0.001]);
    await desk.tick(june(1, '10:10'));
    expect(await desk.reverts()).toEqual([REVERT]);
    const held = (await desk.tick(june(1, '10:15'))).of('demo').decision;
    expect(held).toMatchObject({ kind: 'hold', code: 'revert-open', until: june(1, '10:25') });
    expect(await phaseAfter(desk, '10:25')).toBe('rolled-back');
    expect(await desk.reverts()).toEqual([]);
  });

  it('is committed though the provider went down meanwhile', async () => {
    const desk = await breaching();
    await desk.tick(june(1, '10:10'));
    await desk.commit(june(1, '10:12'), 'Break the recording', { 'metrics.csv': 'broken' });
    expect(await phaseAfter(desk, '10:15')).toBe('progressing');
    expect(await phaseAfter(desk, '10:25')).toBe('rolled-back');
  });
});

describe('a revert that somebody declined', () => {
  it('holds the flag until a person says resume', async () => {
    const desk = await breaching([june(1, '10:13'), 'errors demo on', 0.001]);
    await desk.tick(june(1, '10:10'));
    await desk.repo.git('branch', '-m', REVERT, REVERT.replace('revert', 'declined'));
    const held = (await desk.tick(june(1, '10:15'))).of('demo').decision;
    expect(held).toMatchObject({ kind: 'hold', code: 'revert-declined' });
    expect(held.why).toContain('a person renamed the revert of this entry into rollout/declined/');
    const said = await desk.say(june(1, '10:20'), '/rollout resume demo');
    expect([said.code, said.stdout]).toEqual([0, expect.stringContaining('the clock of quarter')]);
    expect((await desk.tick(june(1, '10:25'))).of('demo').decision.code).toBe('dwell');
  });
});

describe('a branch that says no and does not count', () => {
  const DECLINED = REVERT.replace('revert', 'declined');

  /** A person's commit on a branch of its own, whatever it changes. */
  async function commitOn(desk: Desk, branch: string, from = 'main'): Promise<void> {
    await desk.repo.git('switch', '--quiet', '-c', branch, from);
    await desk.commit(june(1, '10:05'), 'Roll back demo@production to canary', { 'x.md': 'x' });
    await desk.repo.git('switch', '--quiet', 'main');
  }

  it.each([
    ['made by a person', (desk: Desk) => commitOn(desk, DECLINED)],
    ['at the commit of the branch itself', (desk: Desk) => desk.repo.git('branch', DECLINED)],
  ])('%s: the revert is offered, and carried out', async (_, make) => {
    const desk = await breaching();
    await make(desk);
    const tick = await desk.tick(june(1, '10:10'));
    expect(tick.of('demo').decision).toMatchObject({ kind: 'rollback', code: 'breach' });
    expect(tick.json().notices).toMatchObject([
      { code: 'not-our-revert', subject: 'demo@production' },
    ]);
    expect(await desk.reverts()).toEqual([DECLINED, REVERT]);
    expect(await phaseAfter(desk, '10:25')).toBe('rolled-back');
  });

  it('with a commit on top of the one that was offered: it is carried out at once', async () => {
    const desk = await breaching();
    await desk.tick(june(1, '10:10'));
    await commitOn(desk, 'mine', REVERT);
    await desk.repo.git('branch', '-M', 'mine', REVERT);
    await desk.repo.git('branch', '-m', REVERT, DECLINED);
    const tick = await desk.tick(june(1, '10:15'));
    expect(tick.json().notices).toMatchObject([
      {
        code: 'decline-not-counted',
        detail: expect.stringContaining("does not hold Sluice's own commit alone"),
      },
    ]);
    expect((await desk.status(FILE)).phase).toBe('rolled-back');
  });

  it('and that one cannot resume past', async () => {
    const desk = await breaching();
    await commitOn(desk, DECLINED);
    const said = await desk.say(june(1, '10:08'), '/rollout resume demo');
    expect(said.json()).toMatchObject({ outcome: 'nothing' });
  });

  it('has the name of a revert: that is offered beside it, and found again', async () => {
    const desk = await breaching();
    await commitOn(desk, REVERT);
    const tick = await desk.tick(june(1, '10:10'));
    expect(tick.json().notices).toMatchObject([{ code: 'not-our-revert' }]);
    expect(await desk.reverts()).toEqual([REVERT, `${REVERT}.2`]);
    const held = (await desk.tick(june(1, '10:15'))).of('demo').decision;
    expect(held).toMatchObject({ kind: 'hold', code: 'revert-open', until: june(1, '10:25') });
    expect(await phaseAfter(desk, '10:25')).toBe('rolled-back');
    // A person's branch is left to them.
    expect(await desk.reverts()).toEqual([REVERT]);
  });
});

describe('monitoring that stops for both arms at once', () => {
  it('holds: a control that ended is no sign of a silent treatment', async () => {
    const desk = await breaching(
      [june(1, '10:01'), 'errors demo on', ''],
      [june(1, '10:01'), 'errors demo off', ''],
    );
    expect((await desk.tick(june(1, '10:05'))).of('demo').decision.code).not.toBe(
      'silent-treatment',
    );
  });
});
