import { afterEach, describe, expect, it } from 'vitest';
import { closeForges, type ForgeHome, openForge } from '../support/github-forge.ts';

afterEach(closeForges);

const PATH = 'rollouts/x.yaml';
const NINE = Date.parse('2026-12-03T09:00:00Z');
const HOUR = 3_600_000;
const MADE = NINE + HOUR;
const edit = { files: { [PATH]: 'edited' }, date: MADE };

/** Merges a pull request so many hours after nine. */
async function mergeAt(
  { github, repository }: ForgeHome,
  hours: number,
  pull: { readonly head: string; readonly base?: string },
  method: 'merge' | 'squash' = 'merge',
): Promise<void> {
  github.now = NINE + hours * HOUR;
  const number = await repository.openPullRequest(pull);
  await repository.mergePullRequest(number, 'ada', method);
}

/** When the last edit counts as having reached the branch, in hours after nine. */
async function reached({ forge }: ForgeHome): Promise<number> {
  const head = await forge.head();
  const subjects = [{ path: PATH, revertBranch: 'rollout/revert/x/y' }];
  const [last] = (await forge.lookUp(head.oid, subjects, 10)).get(PATH)?.touches ?? [];
  return ((last?.at ?? 0) - NINE) / HOUR;
}

const open = (options: Parameters<typeof openForge>[1] = {}) =>
  openForge({ [PATH]: 'new' }, { date: NINE, ...options });

describe('an edit of a rollout counts from the moment it reached the branch', () => {
  it('by a push: when its commit was made, for GitHub keeps no other time', async () => {
    const home = await open();
    await home.repository.commit(edit);
    expect(await reached(home)).toBe(1);
  });

  it.each(['merge', 'squash'] as const)(
    'by a pull request (%s): when it was merged',
    async (how) => {
      const home = await open();
      await home.repository.commit({ ...edit, branch: 'feature' });
      await mergeAt(home, 5, { head: 'feature' }, how);
      expect(await reached(home)).toBe(5);
    },
  );

  it.each([
    ['merge', 'merge'],
    ['squash', 'merge'],
    ['merge', 'squash'],
  ] as const)(
    'by two, feature → dev (%s) → main (%s): when the second was merged',
    async (toDev, toMain) => {
      const home = await open();
      await home.repository.setBranch('dev', await home.repository.head());
      await home.repository.commit({ ...edit, branch: 'feature' });
      await mergeAt(home, 2, { head: 'feature', base: 'dev' }, toDev);
      await mergeAt(home, 30, { head: 'dev' }, toMain);
      expect(await reached(home)).toBe(30);
    },
  );

  it('and not from when it went on to another branch', async () => {
    const home = await open();
    await home.repository.setBranch('release', await home.repository.head());
    await home.repository.commit({ ...edit, branch: 'feature' });
    await mergeAt(home, 5, { head: 'feature' });
    await mergeAt(home, 40, { head: 'main', base: 'release' });
    expect(await reached(home)).toBe(5);
  });

  it('by a push of a branch that a pull request brought it to: when that was merged', async () => {
    const home = await open();
    await home.repository.setBranch('dev', await home.repository.head());
    await home.repository.commit({ ...edit, branch: 'feature' });
    await mergeAt(home, 2, { head: 'feature', base: 'dev' });
    await home.repository.setBranch('main', await home.repository.head('dev'));
    expect(await reached(home)).toBe(2);
  });

  it('a second time, after it had been taken out: when it came back', async () => {
    const home = await open();
    const before = await home.repository.head();
    await home.repository.commit({ ...edit, branch: 'feature' });
    await mergeAt(home, 2, { head: 'feature' });
    await home.repository.setBranch('main', before);
    await mergeAt(home, 50, { head: 'feature' });
    expect(await reached(home)).toBe(50);
  });

  it('where rollouts live on a branch of another name', async () => {
    const home = await open({ branch: 'flags' });
    await home.repository.setBranch('flags', await home.repository.head());
    await home.repository.setBranch('dev', await home.repository.head());
    await home.repository.commit({ ...edit, branch: 'feature' });
    await mergeAt(home, 2, { head: 'feature', base: 'dev' });
    await mergeAt(home, 30, { head: 'dev', base: 'flags' });
    expect(await reached(home)).toBe(30);
  });
});

it('the newest pull request of a branch is its revert, though GitHub lists the oldest first', async () => {
  const { github, repository, forge } = await open();
  const head = 'rollout/revert/x/canary-20261203T090511Z';
  for (let n = 1; n <= 7; n += 1) {
    const number = await repository.openPullRequest({ head, files: { [PATH]: `${n}` } });
    if (n < 7) repository.closePullRequest(number);
  }
  expect(await forge.proposals()).toMatchObject([
    { branch: head, state: 'open', where: `${github.url}/acme/shop/pull/7` },
  ]);
});
