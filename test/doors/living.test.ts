import { afterAll, describe, expect, it } from 'vitest';
import type { TemporaryRepository } from '../support/git.ts';
import {
  type Living,
  livingRepositories,
  replay,
  servedIn,
  type WrittenTick,
} from '../support/living.ts';
import { type Ran, sluice } from '../support/program.ts';

const open: TemporaryRepository[] = [];
afterAll(() => Promise.all(open.map((repo) => repo.cleanup())));

async function opened(living: Living): Promise<TemporaryRepository> {
  const repo = await replay(living);
  open.push(repo);
  return repo;
}

const say = (repo: TemporaryRepository, now: string, text: string): Promise<Ran> =>
  sluice(repo.dir, ['respond', text, '--as', 'ada', '--json'], { now });

const flagOf = (key: string): string => key.split('@')[0] ?? '';

/** Ticks, and holds what comes of it to what was written down. */
async function ticksAsBefore(repo: TemporaryRepository, written: WrittenTick): Promise<void> {
  const before = await servedIn(repo);
  const ran = await sluice(repo.dir, ['reconcile', '--json'], { now: written.now });
  const result = ran.json();
  const after = await servedIn(repo);
  const decided = new Map(result.rollouts.map((seen) => [seen.key, seen.decision]));
  expect([...decided.keys()].sort()).toEqual(Object.keys(written.rollouts).sort());
  for (const [key, { holds, ...recorded }] of Object.entries(written.rollouts)) {
    const { kind, code, to } = decided.get(key) ?? {};
    if (holds === undefined) {
      const seen = { decision: kind, code, ...(to ? { to } : {}), users: after[key] };
      expect(seen, `${key}\n${ran.stdout}`).toEqual(recorded);
      continue;
    }
    // Whatever a release changes, a flag in breach goes back.
    expect(recorded.decision).not.toMatch(/rollback|degrade|kill/);
    expect(kind, key).toBe('hold');
    expect(after[key], key).toBe(before[key]);
    expect(ran.stdout, key).toContain(JSON.stringify(holds).slice(1, -1));
  }
  if (Object.values(written.rollouts).some(({ holds }) => holds !== undefined)) return;
  expect(ran.code, ran.stderr).toBe(0);
  expect(result.commits.map(({ subject }) => subject)).toEqual(written.commits);
  const reverts = await repo.git('for-each-ref', '--format=%(refname:short)', 'refs/heads/rollout');
  expect(reverts.split('\n').filter((name) => name !== '')).toEqual(written.reverts);
}

describe.concurrent.each(livingRepositories())('the living repository $name', (living) => {
  const { ticks, commands } = living;
  const keys = Object.keys(commands.rollback);

  it.each(ticks)('ticks as before at $now', async (written) => {
    await ticksAsBefore(await opened(living), written);
  });

  it('is valid, and a migration leaves it, or is one commit after which it ticks as before', async () => {
    const moving = ticks.find(({ commits }) => commits.length > 0);
    if (moving === undefined) throw new Error('no tick of it moves anything');
    const repo = await opened(living);
    const served = await servedIn(repo);
    const ran = await sluice(repo.dir, ['migrate', '--json'], { now: moving.now });
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(await servedIn(repo)).toEqual(served);
    expect(await repo.git('status', '--porcelain')).toBe('');
    const reviewed = await sluice(repo.dir, ['validate', '--json'], { now: moving.now });
    const errors = reviewed.json().problems.filter(({ severity }) => severity === 'error');
    expect([reviewed.code, errors]).toEqual([0, []]);
    await ticksAsBefore(repo, moving);
  });

  it('lets a person kill every flag, and a tick leaves them killed', async () => {
    const repo = await opened(living);
    let expected = await servedIn(repo);
    for (const key of keys) {
      const said = await say(repo, commands.now, `/rollout kill ${flagOf(key)} it burns`);
      expect(said.code, said.stdout).toBe(0);
      const file = await repo.git('cat-file', 'blob', `main:rollouts/${flagOf(key)}.yaml`);
      expect(file).toMatch(/^kill: true$/m);
      expected = { ...expected, [key]: 'killed' };
      expect(await servedIn(repo)).toEqual(expected);
    }
    const tick = await sluice(repo.dir, ['reconcile', '--json'], { now: commands.now });
    expect(tick.code, tick.stdout).toBe(0);
    expect(await servedIn(repo)).toEqual(expected);
  });

  it('lets a person roll every flag back', async () => {
    const repo = await opened(living);
    let expected = await servedIn(repo);
    for (const [key, { outcome, users }] of Object.entries(commands.rollback)) {
      const said = await say(repo, commands.now, `/rollout rollback ${flagOf(key)} it burns`);
      expect([said.code, said.json().outcome], said.stdout).toEqual([0, outcome]);
      expected = { ...expected, [key]: users };
      expect(await servedIn(repo)).toEqual(expected);
    }
    const shown = await sluice(repo.dir, ['status', '--json'], { now: commands.now });
    for (const { key, phase, stage } of shown.json().rollouts) {
      const written = commands.rollback[key];
      expect([key, phase, stage]).toEqual([key, written?.phase, written?.stage ?? null]);
    }
  });
});
