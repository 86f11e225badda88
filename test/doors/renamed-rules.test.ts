import { afterAll, expect, it } from 'vitest';
import { closeDesks, type Desk, openDesk } from '../support/desk.ts';
import { sluice } from '../support/program.ts';
import { inStage, june, REPLAY_CONFIG, recording, rolloutText } from '../support/rollouts.ts';

afterAll(closeDesks);

const CONFIG = '.github/sluice.yml';
const SINCE = june(1, '09:00');
const NOW = june(2, '10:00');

/** As a repository of before has them: one rule has one new name, the other two. */
const OLD = `policy:
  rules:
    no-way-back: off   # until we have errors
    users-redrawn: warning
`;

const FILES = {
  [CONFIG]: `${REPLAY_CONFIG}${OLD}`,
  'metrics.csv': recording([june(1, '00:00'), 'errors well on', 0.001]),
  'rollouts/well.yaml': rolloutText('well', { status: inStage('quarter', SINCE) }),
};

async function decided({ dir }: Desk): Promise<unknown> {
  const ran = await sluice(dir, ['reconcile', '--dry-run', '--json'], { now: NOW });
  return ran.json().rollouts;
}

it('old names of rules go on working with a hint, and migrate writes those that have one name now', async () => {
  const desk = await openDesk(SINCE, FILES);
  const seen = await sluice(desk.dir, ['validate', '--json'], { now: NOW });
  expect(
    seen
      .json()
      .problems.filter(({ code }: { readonly code: string }) => code === 'renamed-rule')
      .map(({ message }: { readonly message: string }) => message),
  ).toEqual([
    '`no-way-back` is called `no-rollback-check` now',
    '`users-redrawn` is called `users-rebucketed` and `target-key-changed` now',
  ]);
  const before = await decided(desk);
  const ran = await sluice(desk.dir, ['migrate'], { now: NOW });
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  expect(await desk.file(CONFIG)).toBe(FILES[CONFIG].replace('no-way-back', 'no-rollback-check'));
  expect(await desk.messages()).toMatchObject([
    expect.stringMatching(/^Replace old names in 1 file/),
    expect.anything(),
  ]);
  expect(await decided(desk)).toEqual(before);
  const again = await sluice(desk.dir, ['migrate'], { now: NOW });
  expect(again.stdout).toMatch(/^nothing to migrate/);
});
