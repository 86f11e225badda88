import { afterAll, describe, expect, it } from 'vitest';
import { closeDesks, type Desk, openDesk } from '../support/desk.ts';
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
  const desk = await openDesk(SUNDAY, {
    '.github/sluice.yml': CONFIG,
    'metrics.csv': recording(
      ['2026-05-01', 'errors demo off', 0.001],
      ['2026-05-01', 'errors demo on', 0.001],
      [june(1, '10:00'), 'errors demo on', 0.05],
      ...rows,
    ),
    [FILE]: rolloutText('demo', { stages: STAGES, status: inStage('quarter', SUNDAY) }),
  });
  await desk.run(SUNDAY, 'compile');
  return desk;
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
    const said = await desk.say(june(1, '10:20'), '/rollout resume demo');
    expect([said.code, said.stdout]).toEqual([0, expect.stringContaining('the clock of quarter')]);
    expect((await desk.tick(june(1, '10:25'))).of('demo').decision.code).toBe('dwell');
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
