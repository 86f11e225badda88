import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { closeDesks, type Desk, openCompiledDesk, openDesk } from '../support/desk.ts';
import { inStage, june, REPLAY_CONFIG, recording, rolloutText } from '../support/rollouts.ts';

afterAll(closeDesks);

const MONDAY = june(1, '09:00');
const TUESDAY = june(2, '10:00');
const FILE = 'rollouts/demo.yaml';

/** A flag in canary since Monday with its targets compiled: due on Tuesday, or in breach. */
async function demo(errors = 0.001, more = ''): Promise<Desk> {
  return openCompiledDesk(MONDAY, {
    '.github/sluice.yml': REPLAY_CONFIG,
    'metrics.csv': recording(
      [june(1, '00:00'), 'errors demo on', errors],
      [june(1, '00:00'), 'errors demo off', 0.001],
    ),
    [FILE]: rolloutText('demo', { status: inStage('canary', MONDAY), more }),
  });
}

const decided = async (desk: Desk, now: string) => (await desk.tick(now)).of('demo').decision;

/** A person's `git revert` of what is at the head. */
async function revert(desk: Desk, now: string): Promise<void> {
  await desk.repo.git('revert', '--no-commit', 'HEAD');
  await desk.commit(now, 'Revert', {});
}

/** The hook of a repository, as shell lines. */
async function hook(desk: Desk, name: string, lines: string): Promise<void> {
  const file = join(desk.dir, '.git/hooks', name);
  await mkdir(join(desk.dir, '.git/hooks'), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${lines}\n`);
  await chmod(file, 0o755);
}

describe.concurrent('what a person did to a bump', () => {
  it('a revert of their revert starts the clock of the stage it brings back', async () => {
    const desk = await demo();
    await desk.tick(TUESDAY);
    await revert(desk, june(2, '11:00'));
    await revert(desk, june(2, '14:00'));
    expect(await desk.status(FILE)).toMatchObject({ stage: 'quarter', since: TUESDAY });
    expect(await decided(desk, june(3, '13:55'))).toMatchObject({
      kind: 'hold',
      code: 'dwell',
      until: june(3, '14:00'),
    });
    expect(await decided(desk, june(3, '14:00'))).toMatchObject({ kind: 'advance', to: 'full' });
  });

  it('a cherry-pick of it onto the branch it was reverted from does as well', async () => {
    const desk = await demo();
    await desk.tick(TUESDAY);
    const bump = await desk.repo.git('rev-parse', 'HEAD');
    await revert(desk, june(2, '11:00'));
    await desk.repo.git('cherry-pick', '--no-commit', bump);
    await desk.commit(june(2, '15:00'), 'Again', {});
    expect(await decided(desk, june(3, '14:55'))).toMatchObject({ until: june(3, '15:00') });
  });

  it('an edit that was made long ago counts from when it was merged', async () => {
    const desk = await demo();
    await desk.repo.git('switch', '--quiet', '-c', 'side');
    const text = (await desk.file(FILE)).replace('[errors]', '[{metric: errors, max: 2%}]');
    await desk.commit(june(1, '08:00'), 'More room', { [FILE]: text });
    await desk.repo.git('switch', '--quiet', 'main');
    await desk.repo.git('merge', '--quiet', '--no-ff', '--no-commit', 'side');
    await desk.commit(june(2, '09:30'), 'Merge side', {});
    expect(await decided(desk, TUESDAY)).toMatchObject({ code: 'dwell', until: june(3, '09:30') });
  });

  it('a date that is still to come holds the flag, until somebody says resume', async () => {
    const desk = await demo();
    await desk.tick(TUESDAY);
    await revert(desk, june(4, '10:00'));
    expect(await decided(desk, june(2, '10:05'))).toMatchObject({ kind: 'hold', code: 'clock' });
    await desk.say(june(2, '12:00'), '/rollout pause demo');
    await desk.say(june(2, '12:00'), '/rollout resume demo');
    expect(await decided(desk, june(3, '11:55'))).toMatchObject({ code: 'dwell' });
    expect(await decided(desk, june(3, '12:00'))).toMatchObject({ kind: 'advance' });
  });
});

describe.concurrent('a start that a person reverted', () => {
  /** Started on Monday at ten, reverted a quarter of an hour later, and described anew. */
  async function reverted(): Promise<Desk> {
    const desk = await demo();
    await desk.say(june(1, '09:30'), '/rollout restart demo');
    expect(await decided(desk, june(1, '10:00'))).toMatchObject({ kind: 'start', to: 'canary' });
    await revert(desk, june(1, '10:15'));
    const text = (await desk.file(FILE)).replace('# The end.', 'description: in a hurry');
    await desk.commit(june(1, '10:20'), 'Describe it', { [FILE]: text });
    expect(await desk.status(FILE)).not.toHaveProperty('stage');
    return desk;
  }

  it('is not made again by the next ticks', async () => {
    const desk = await reverted();
    const commits = await desk.count();
    for (const now of [june(1, '10:25'), june(3, '10:00')]) {
      expect(await decided(desk, now)).toMatchObject({ kind: 'hold', code: 'start-reverted' });
    }
    expect(await desk.count()).toBe(commits);
    expect(await desk.target('demo')).toMatchObject({ variant: 'off', audiences: [] });
  });

  it('is made again by a tick when somebody says restart', async () => {
    const desk = await reverted();
    expect((await desk.say(june(1, '11:00'), '/rollout restart demo')).json()).toMatchObject({
      outcome: 'done',
    });
    expect(await decided(desk, june(1, '11:05'))).toMatchObject({ kind: 'start', to: 'canary' });
  });

  it('is made again when somebody says promote', async () => {
    const desk = await reverted();
    expect((await desk.say(june(1, '11:00'), '/rollout promote demo')).code).toBe(0);
    expect(await desk.status(FILE)).toMatchObject({ phase: 'progressing', stage: 'canary' });
  });

  it('is made again by a tick after a pause and a resume, and after a revert of the revert', async () => {
    const desk = await reverted();
    await desk.say(june(1, '11:00'), '/rollout pause demo');
    await desk.say(june(1, '12:00'), '/rollout resume demo');
    expect(await decided(desk, june(1, '12:05'))).toMatchObject({ kind: 'start', to: 'canary' });
    await revert(desk, june(1, '12:10'));
    expect(await decided(desk, june(1, '12:15'))).toMatchObject({ code: 'start-reverted' });
    await revert(desk, june(1, '12:20'));
    expect(await decided(desk, june(1, '12:25'))).toMatchObject({ code: 'dwell' });
  });

  it('holds also one whose start was the first thing that happened to it', async () => {
    const desk = await openDesk(MONDAY, {
      '.github/sluice.yml': REPLAY_CONFIG,
      'metrics.csv': recording(
        [june(1, '00:00'), 'errors demo on', 0.001],
        [june(1, '00:00'), 'errors demo off', 0.001],
      ),
      [FILE]: rolloutText('demo'),
    });
    expect(await decided(desk, june(1, '10:00'))).toMatchObject({ kind: 'start' });
    await revert(desk, june(1, '10:15'));
    expect(await decided(desk, june(1, '10:20'))).toMatchObject({ code: 'start-reverted' });
  });
});

describe.concurrent('a flag in breach whose date is wrong goes back all the same', () => {
  const WIDER = (text: string): string => text.replace('percentage: 5', 'percentage: 6');
  const LATER = (text: string): string =>
    text.replace(/since: [^,}]+/, `since: ${june(20, '09:00')}`);
  const UNDATED = (text: string): string => text.replace(/, since: [^,}]+/, '');

  it.each([
    ['an edit by a clock weeks ahead', june(20, '10:00'), WIDER],
    ['a `since` weeks ahead', TUESDAY, LATER],
    ['no `since` at all', TUESDAY, UNDATED],
  ])('%s', async (_, date, edit) => {
    const desk = await demo(0.05);
    const before = await desk.file(FILE);
    expect(edit(before)).not.toBe(before);
    await desk.commit(date, 'Edit by hand', { [FILE]: edit(before) });
    const tick = await desk.tick(june(2, '11:00'));
    expect(tick.of('demo').decision).toMatchObject({ kind: 'rollback', code: 'breach' });
    expect(await desk.target('demo')).toMatchObject({ variant: 'off' });
  });
});

describe.concurrent('what a person did with a revert', () => {
  const OFFERED = 'rollback: {via: pull-request}';
  const BRANCH = 'rollout/revert/demo/canary-20260601T090000Z';

  it.each([
    ['merged', ['merge', '--quiet', '--no-ff', '--no-commit', BRANCH]],
    ['squashed', ['merge', '--quiet', '--squash', BRANCH]],
    ['cherry-picked', ['cherry-pick', '--no-commit', BRANCH]],
  ])('%s: the flag is back, its branch goes, and nothing moves', async (_, args) => {
    const desk = await demo(0.05, OFFERED);
    await desk.tick(TUESDAY);
    expect(await desk.reverts()).toEqual([BRANCH]);
    await desk.repo.git(...args);
    await desk.commit(june(2, '10:05'), 'Take it back', {});
    for (const now of [june(2, '10:10'), june(4, '10:00')]) {
      const tick = await desk.tick(now);
      expect([tick.code, tick.of('demo').decision.kind]).toEqual([0, 'none']);
    }
    expect(await desk.status(FILE)).toMatchObject({ phase: 'rolled-back' });
    expect([await desk.reverts(), await desk.dirt()]).toEqual([[], '']);
  });
});

describe.concurrent('a repository with ways of its own', () => {
  it('whose hooks are about what people commit is not stopped by them', async () => {
    const desk = await demo();
    for (const name of ['pre-commit', 'commit-msg', 'post-commit', 'post-checkout']) {
      await hook(desk, name, 'exit 1');
    }
    expect((await desk.tick(TUESDAY)).code).toBe(0);
    expect(await desk.status(FILE)).toMatchObject({ stage: 'quarter' });
    expect(await desk.dirt()).toBe('');
  });

  it('whose hook takes nothing onto the branch offers what has to go back', async () => {
    const desk = await demo(0.05);
    await hook(
      desk,
      'reference-transaction',
      '[ "$1" = prepared ] || exit 0\ngrep -q refs/heads/main && exit 1\nexit 0',
    );
    const tick = await desk.tick(TUESDAY);
    expect(tick.code).toBe(1);
    expect(tick.json().failures).toMatchObject([{ code: 'commit-refused' }]);
    expect(await desk.reverts()).toEqual(['rollout/revert/demo/canary-20260601T090000Z']);
    expect(await desk.dirt()).toBe('');
  });

  it('whose work tree has other line endings keeps them, and stays clean', async () => {
    const desk = await demo();
    await desk.repo.git('config', 'core.autocrlf', 'true');
    await desk.repo.git('rm', '-r', '--quiet', '--cached', '.');
    await desk.repo.git('reset', '--quiet', '--hard');
    expect((await desk.tick(TUESDAY)).code).toBe(0);
    expect(await desk.file(FILE)).not.toContain('\r');
    expect(await desk.dirt()).toBe('');
  });

  it('where nobody has said who they are is committed to all the same', async () => {
    const desk = await demo();
    await desk.repo.git('config', '--unset', 'user.name');
    await desk.repo.git('config', '--unset', 'user.email');
    await desk.repo.git('config', 'user.useConfigOnly', 'true');
    expect((await desk.tick(TUESDAY)).code).toBe(0);
  });

  it('with a lock that was left behind is told which, and goes back all the same', async () => {
    const desk = await demo(0.05);
    await writeFile(join(desk.dir, '.git/index.lock'), '');
    const tick = await desk.tick(TUESDAY);
    expect(tick.code).toBe(1);
    expect(tick.json().failures[0]?.detail).toContain('.git/index.lock');
    expect(await desk.status(FILE)).toMatchObject({ phase: 'rolled-back' });
  });

  it('that belongs to somebody else says how to trust it', async () => {
    const desk = await demo();
    const bin = join(desk.dir, 'bin');
    await mkdir(bin);
    const path = process.env.PATH ?? '';
    // What git does where another user owns the folder, which takes root to bring about.
    const script = `#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 PATH='${path}' exec git "$@"\n`;
    await writeFile(join(bin, 'git'), script, { mode: 0o755 });
    const shown = await desk.show(TUESDAY, ['reconcile'], { env: { PATH: `${bin}:${path}` } });
    expect(shown.code).toBe(2);
    expect(shown.stderr).toContain(`git config --global --add safe.directory ${desk.dir}`);
  });
});
