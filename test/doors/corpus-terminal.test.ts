import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { expectCalm } from '../corpus/clean.ts';
import { closeDesks, type Desk, openDesk } from '../support/desk.ts';
import { sluice } from '../support/program.ts';
import { inStage, june, REPLAY_CONFIG, recording, rolloutText } from '../support/rollouts.ts';

afterAll(closeDesks);

const NOW = june(1, '10:00');
const SINCE = '2026-05-31T09:00:00Z';
const env = { GITHUB_ACTIONS: 'true' };

const openWith = (errors: number, config = REPLAY_CONFIG): Promise<Desk> =>
  openDesk(
    SINCE,
    {
      '.github/sluice.yml': config,
      'metrics.csv': recording(
        ['2026-05-01T00:00:00Z', 'errors demo on', errors],
        ['2026-05-01T00:00:00Z', 'errors demo off', 0.001],
      ),
      'rollouts/demo.yaml': rolloutText('demo', { status: inStage('quarter', SINCE) }),
    },
    { env },
  );

/** What somebody may type, or a script may pass on, and the exit code it ends with. */
const ARGUMENTS: readonly (readonly [code: number, ...args: readonly string[]])[] = [
  [2, 'status', '$(touch owned)'],
  [2, 'status', '__proto__'],
  [2, 'status', '\u001b[2J\u001b]0;owned\u0007'],
  [2, 'status', '##[error]forged'],
  [2, 'status', 'x\n::error::forged'],
  [2, 'status', 'a'.repeat(60_000)],
  [2, 'validate', '../../../etc/passwd'],
  [2, 'validate', '/etc/passwd'],
  [2, 'validate', '.git/config'],
  [2, 'validate', '\u202e\u001b[31m.yaml'],
  [2, 'validate', '--', '-rf'],
  [2, 'reconcile', '--now', '2026-02-30'],
  [2, 'reconcile', '--now', '+010000-01-01T00:00:00Z'],
  [2, 'reconcile', '--now', 'now\n::error::forged'],
  [2, 'reconcile', '--branch', '--upload-pack=touch owned'],
  [2, 'reconcile', '--branch', 'main\n'],
  [2, 'reconcile', '--branch', 'main:rollouts'],
  [2, 'reconcile', '--branch', '@{-1}'],
  [2, 'reconcile', '--config', '../../etc/passwd'],
  [2, 'reconcile', '--config', '.git/config'],
  [2, 'reconcile', '--repo', '\u001b[2J'],
  [2, 'reconcile', '--github', '../../x/y'],
  [2, 'compile', '--exec', 'id'],
  [2, '__proto__'],
  [2, '\u001b]0;owned\u0007'],
  [1, 'respond', '/rollout kill $(touch owned)'],
  [1, 'respond', '/rollout kill \u001b[2J'],
  [1, 'respond', '/rollout ##[error]forged'],
  [2, 'respond', '```\n/rollout kill demo\n```'],
  [2, 'init', '--action', 'x/y@z"\n  run: id'],
];

describe('an argument', () => {
  it('that makes no sense is refused in words, and changes nothing', async () => {
    const desk = await openWith(0.001);
    const tip = await desk.repo.git('rev-parse', 'HEAD');
    for (const [code, ...args] of ARGUMENTS) {
      const what = JSON.stringify(args).slice(0, 200);
      const at = args.includes('--now') ? {} : { now: NOW };
      const ran = await sluice(desk.dir, args, { env, ...at });
      expectCalm(ran, what);
      expect(ran.code, `${what}: ${ran.stdout}${ran.stderr}`).toBe(code);
      expect(ran.stdout + ran.stderr, what).toMatch(/\w{3}/);
    }
    expect(await desk.repo.git('rev-parse', 'HEAD')).toBe(tip);
    expect(await desk.dirt()).toBe('');
    expect(existsSync(join(desk.dir, 'owned'))).toBe(false);
  });
});

/** Branches that somebody may have made where reverts are. */
const BRANCHES: readonly string[] = [
  'rollout/revert/demo/quarter-20260531T090000Z-2',
  'rollout/revert/demo/canary-20260531T090000Z',
  'rollout/revert/nobody/quarter-20260531T090000Z',
  'rollout/revert/$(touch,owned)/x',
  'rollout/revert/`id`;id|id/x',
  'rollout/revert/-rf/--all',
  'rollout/revert/\u202eevil\u200b/x',
  'rollout/revert/%0Aerror/x',
  'rollout/revert/constructor/__proto__',
];

describe('a branch that looks like a revert', () => {
  it('and is none is left where it is, and stops no revert', async () => {
    const desk = await openWith(0.2, REPLAY_CONFIG.replace('via: commit', 'via: pull-request'));
    const { git } = desk.repo;
    await git('checkout', '--quiet', '-b', 'work');
    await desk.commit(june(1, '09:00'), 'Rollout: demo@production kill quarter->off', {
      'rollouts/demo.yaml': rolloutText('demo', { status: inStage('full', SINCE) }),
    });
    for (const name of BRANCHES) await git('branch', '--', name, 'work');
    await git('checkout', '--quiet', 'main');
    const before = await desk.reverts();
    const ran = await desk.show(NOW, ['reconcile'], { env });
    expectCalm(ran, 'reconcile');
    const after = await desk.reverts();
    expect(after.filter((name) => !before.includes(name))).toEqual([
      'rollout/revert/demo/quarter-20260531T090000Z',
    ]);
    expect(after).toEqual(expect.arrayContaining([...before]));
    const tips = await git('for-each-ref', '--format=%(objectname)', ...BRANCHES.map(refOf));
    expect(new Set(tips.split('\n'))).toEqual(new Set([await git('rev-parse', 'work')]));
    expect(await desk.status('rollouts/demo.yaml')).toMatchObject({ stage: 'quarter' });
    expect(existsSync(join(desk.dir, 'owned'))).toBe(false);
  });
});

const refOf = (name: string): string => `refs/heads/${name}`;
