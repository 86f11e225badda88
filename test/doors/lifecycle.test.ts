import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTrailers } from '../../src/tell/commit.ts';
import { closeDesks, type Desk, openCompiledDesk, openDesk } from '../support/desk.ts';
import { evidenceHolds } from '../support/evidence.ts';
import { inStage, june, REPLAY_CONFIG, recording, rolloutText } from '../support/rollouts.ts';

const SUNDAY = '2026-05-31T09:00:00Z';
const FILE = 'rollouts/demo.yaml';
const BRANCH = 'rollout/revert/demo/quarter-20260531T090000Z';
const DECLINED = BRANCH.replace('/revert/', '/declined/');
const STAGES =
  '[{name: canary, percentage: 5, duration: 1d}, {name: quarter, percentage: 25, duration: 7d}, {name: full, percentage: 100, duration: 1d}]';

afterAll(closeDesks);

interface Setup extends NonNullable<Parameters<typeof rolloutText>[1]> {
  readonly config?: string;
  /** Until when the errors last that begin on Monday at 10:00. */
  readonly until?: string;
}

/** A flag whose errors break the limit on Monday from 10:00 on, for ten minutes before they count. */
async function demo({ config = '', until, ...text }: Setup = {}): Promise<Desk> {
  return openCompiledDesk(SUNDAY, {
    '.github/sluice.yml': `${REPLAY_CONFIG.replace('max: 1%}', 'max: 1%}, for: 10m').replace('rollback: {via: commit}\n', '')}${config}`,
    'metrics.csv': recording(
      ['2026-05-01', 'errors demo on', 0.001],
      ['2026-05-01', 'errors demo off', 0.002],
      [june(1, '10:00'), 'errors demo on', 0.05],
      ...(until === undefined ? [] : [[until, 'errors demo on', 0.001] as const]),
    ),
    [FILE]: rolloutText('demo', { stages: STAGES, status: inStage('quarter', SUNDAY), ...text }),
  });
}

/** Ticks at times of Monday, and what each decided. */
async function ticks(desk: Desk, ...times: readonly string[]): Promise<string[]> {
  const decided: string[] = [];
  for (const time of times) {
    const { kind, code, to } = (await desk.tick(june(1, time))).of('demo').decision;
    decided.push(`${time} ${kind} ${code}${kind === 'rollback' ? ` to ${to ?? 'off'}` : ''}`);
  }
  return decided;
}

describe.concurrent('a breach', () => {
  it('that goes on after a rollback takes the flag further down', async () => {
    const desk = await demo({ risk: 'high' });
    expect(await ticks(desk, '10:10', '10:15', '10:20', '10:26', '10:30')).toEqual([
      '10:10 rollback breach to canary',
      '10:15 none rolled-back',
      '10:20 none rolled-back',
      '10:26 rollback breach to off',
      '10:30 none rolled-back',
    ]);
  });

  it.each([
    ['paused', 'quarter', 'canary'],
    ['completed', 'full', 'quarter'],
    ['rolled-back', 'canary', 'off'],
  ])('takes a %s flag back, too', async (phase, stage, to) => {
    const status = `{phase: ${phase}, stage: ${stage}, since: ${SUNDAY}}`;
    const desk = await demo({ risk: 'high', status });
    expect(await ticks(desk, '10:05', '10:10')).toEqual([
      `10:05 none ${phase}`,
      `10:10 rollback breach to ${to}`,
    ]);
  });

  it('from before somebody un-killed the flag by hand does not count against it', async () => {
    const desk = await demo({ risk: 'high', until: june(1, '10:34') });
    const text = await desk.file(FILE);
    await desk.commit(june(1, '10:05'), 'Off', { [FILE]: `${text}kill: true\n` });
    expect(await ticks(desk, '10:20')).toEqual(['10:20 kill killed']);
    await desk.commit(june(1, '10:31'), 'It is mended', { [FILE]: text });
    expect(await ticks(desk, '10:32', '10:50')).toEqual(['10:32 hold dwell', '10:50 hold dwell']);
  });

  it('goes on under an edit that changes nothing for users', async () => {
    const desk = await demo({ risk: 'high' });
    const text = await desk.file(FILE);
    await desk.commit(june(1, '10:09'), 'Say more', { [FILE]: `${text}description: Soon\n` });
    expect(await ticks(desk, '10:10')).toEqual(['10:10 rollback breach to canary']);
  });

  it('does nothing to those who are not exposed', async () => {
    const killed = await demo({ risk: 'high', more: 'kill: true' });
    expect(await ticks(killed, '10:10')).toEqual(['10:10 kill killed']);
    const status = `{phase: rolled-back, serving: control, since: ${SUNDAY}}`;
    const off = await demo({ risk: 'high', status });
    expect(await ticks(off, '10:10')).toEqual(['10:10 none rolled-back']);
    expect(await off.count()).toBe(2);
  });

  it('overrides a freeze and the hours', async () => {
    const desk = await demo({
      risk: 'high',
      config: 'policy: {freezes: [{from: 2026-06-01, to: 2026-06-01}]}\n',
    });
    expect(await ticks(desk, '10:10')).toEqual(['10:10 rollback breach to canary']);
  });
});

it('what goes back is committed before and apart from what goes up', async () => {
  const flags = ['down', 'up', 'higher'];
  const desk = await openDesk(SUNDAY, {
    '.github/sluice.yml': REPLAY_CONFIG,
    'metrics.csv': recording(
      ...flags.map(
        (flag) => ['2026-05-01', `errors ${flag} on`, flag === 'down' ? 0.05 : 0.001] as const,
      ),
    ),
    ...Object.fromEntries(
      flags.map((flag) => [
        `rollouts/${flag}.yaml`,
        rolloutText(flag, { status: inStage('canary', SUNDAY) }),
      ]),
    ),
  });
  const tick = await desk.tick(june(1, '10:00'));
  expect(tick.json().commits.map(({ subject }) => subject)).toEqual([
    'Roll back down@production to off',
    expect.stringMatching(/^Advance /),
  ]);
  const [bumps = '', rollback = ''] = await desk.messages();
  expect(readTrailers(rollback)).toMatchObject([{ key: 'down@production', to: 'off' }]);
  expect(readTrailers(bumps)).toMatchObject([
    { key: 'higher@production', to: 'quarter' },
    { key: 'up@production', to: 'quarter' },
  ]);
  expect(evidenceHolds(bumps)).toBe(true);
  expect(evidenceHolds(bumps.replace('0.1 %', '0.2 %'))).toBe(false);
});

describe.concurrent('a revert', () => {
  it('whose branch was deleted without a word is offered again, for the same entry', async () => {
    const desk = await demo();
    await ticks(desk, '10:10');
    await desk.repo.git('branch', '-D', BRANCH);
    expect(await ticks(desk, '10:15', '10:20')).toEqual([
      '10:15 rollback breach to canary',
      '10:20 hold revert-open',
    ]);
    expect(await desk.reverts()).toEqual([BRANCH]);
  });

  it('that is to wait for a person does', async () => {
    const desk = await demo({ more: 'rollback: {commit_after: never}' });
    expect(await ticks(desk, '10:10', '10:30', '23:00')).toEqual([
      '10:10 rollback breach to canary',
      '10:30 hold revert-open',
      '23:00 hold revert-open',
    ]);
    expect(await desk.status(FILE)).toMatchObject({ phase: 'progressing', stage: 'quarter' });
  });

  it('was declined for one entry: the next one is judged anew', async () => {
    const desk = await demo();
    await ticks(desk, '10:10');
    await desk.repo.git('branch', '-m', BRANCH, DECLINED);
    expect(await ticks(desk, '10:15')).toEqual(['10:15 hold revert-declined']);
    await desk.say(june(1, '10:20'), '/rollout pause demo');
    await desk.say(june(1, '10:21'), '/rollout resume demo');
    expect(await ticks(desk, '10:36', '10:40')).toEqual([
      '10:36 hold dwell',
      '10:40 rollback breach to canary',
    ]);
    expect(await desk.reverts()).toEqual([
      DECLINED,
      'rollout/revert/demo/quarter-20260601T102100Z',
    ]);
  });

  it('stays declined when the errors are over', async () => {
    const desk = await demo({ until: june(1, '10:34') });
    await ticks(desk, '10:10');
    await desk.repo.git('branch', '-m', BRANCH, DECLINED);
    expect(await ticks(desk, '10:35')).toEqual(['10:35 hold revert-declined']);
    expect((await desk.tick(june(9, '10:00'))).of('demo').decision).toMatchObject({
      kind: 'hold',
      code: 'revert-declined',
    });
  });

  it('is withdrawn when its file is gone', async () => {
    const desk = await demo();
    await ticks(desk, '10:10');
    await desk.repo.git('rm', '--quiet', FILE);
    await desk.commit(june(1, '10:12'), 'Remove the flag', {});
    await desk.tick(june(1, '10:15'));
    expect(await desk.reverts()).toEqual([]);
  });

  it('stays while its file is invalid', async () => {
    const desk = await demo();
    await ticks(desk, '10:10');
    await desk.commit(june(1, '10:12'), 'Break it', { [FILE]: 'flag: [\n' });
    await desk.tick(june(1, '10:15'));
    expect(await desk.reverts()).toEqual([BRANCH]);
  });
});

describe.concurrent('a branch that takes no commit', () => {
  /** A hook that refuses whatever moves main, as a protected branch does. */
  async function protect({ dir }: Desk): Promise<void> {
    const hook = join(dir, '.git/hooks/reference-transaction');
    await writeFile(
      hook,
      '#!/bin/sh\n[ "$1" = prepared ] || exit 0\nwhile read -r old new ref; do\n  [ "$ref" = refs/heads/main ] && { echo "main is protected" >&2; exit 1; }\ndone\nexit 0\n',
    );
    await chmod(hook, 0o755);
  }

  it('still takes a revert to be merged, and the run says that it failed', async () => {
    const desk = await demo({ risk: 'high' });
    await protect(desk);
    const head = await desk.repo.git('rev-parse', 'main');
    const tick = await desk.tick(june(1, '10:10'));
    expect(tick.code).toBe(1);
    expect(tick.json().failures).toMatchObject([
      { code: 'commit-refused', subject: 'demo@production' },
    ]);
    expect(await desk.reverts()).toEqual([BRANCH]);
    expect(await desk.repo.git('rev-parse', 'main')).toBe(head);
    expect(await desk.dirt()).toBe('');
  });

  it('refuses a bump and a command with the reason', async () => {
    const desk = await demo({ status: inStage('canary', SUNDAY) });
    await protect(desk);
    const tick = await desk.tick(june(1, '09:30'));
    expect(tick.of('demo').decision).toMatchObject({ kind: 'advance' });
    expect(tick.code).toBe(1);
    expect(tick.json().failures[0]?.detail).toContain('a hook');
    const reply = await desk.say(june(1, '09:30'), '/rollout kill demo');
    expect(reply.code).toBe(1);
    expect(reply.json()).toMatchObject({ outcome: 'failed' });
    expect(await desk.dirt()).toBe('');
  });
});

describe.concurrent('the built-in ladder', () => {
  it('is climbed from the employees to everyone', async () => {
    const desk = await demo({
      stages: 'standard',
      status: '{phase: pending}',
      checks: '[{metric: errors, max: 10%, max_ratio: 100}]',
      config: "segments: {employees: {attribute: email, ends_with: '@acme.example'}}\n",
    });
    // Every morning and every night; what was not looked at for a while is made up for later.
    for (let day = 1; day <= 17; day += 1) {
      for (const time of ['10:00', '22:00']) await desk.tick(june(day, time));
    }
    const trailers = (await desk.messages()).toReversed().flatMap(readTrailers);
    expect(trailers.map(({ action, to }) => `${action} ${to}`)).toEqual([
      'start internal',
      'advance canary',
      'advance early',
      'advance quarter',
      'advance half',
      'advance full',
      'complete full',
    ]);
    const dates = await desk.repo.git('log', '--reverse', '--format=%cd', '--date=format:%a %d');
    expect(dates.split('\n').slice(2)).toEqual([
      'Mon 01',
      'Wed 03',
      'Thu 04',
      'Mon 08', // due on Saturday
      'Thu 11',
      'Mon 15', // due on Sunday
      'Wed 17',
    ]);
    expect(await desk.target('demo')).toMatchObject({
      phase: 'completed',
      audiences: [{ segments: [], weight: 100_000 }],
    });
    expect(await desk.status(FILE)).toMatchObject({ baseline: { errors: 0.002 } });
  });
});
