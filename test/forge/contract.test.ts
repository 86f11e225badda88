import { afterAll, describe, expect, test } from 'vitest';
import type { Forge, NewProposal } from '../../src/forge/forge.ts';
import { anywhere } from '../../src/forge/wanted.ts';
import type { Head } from '../../src/model/head.ts';
import { HOUR, MINUTE } from '../../src/time.ts';
import { gitHome, type Home, memoryHome } from '../support/homes.ts';
import { BOT, BYTES, NINE } from './git-forge.ts';

const ADA = { name: 'Ada', email: 'ada@example.com' };
const FILES = {
  'rollouts/x.yaml': 'stage: canary\n',
  'rollouts/y.yaml': 'é\n',
  'readme.md': '#\n',
};
const BRANCH = 'rollout/revert/x/canary-20261203T090511Z';

const opened: Home[] = [];
afterAll(async () => {
  for (const home of opened) await home.close();
});

async function atHome(make: typeof gitHome) {
  const home = await make(FILES, NINE);
  opened.push(home);
  const forge = await home.open(BOT);
  return { home, forge, head: await forge.head() };
}

const write = (text: string | undefined) => [{ path: 'rollouts/x.yaml', text }];

const revert = (head: Head, text = 'stage: off\n'): NewProposal => ({
  branch: BRANCH,
  head,
  message: 'Roll back x\n',
  changes: write(text),
  title: 'Roll back x',
  body: '',
  owners: [],
  autoMerge: false,
});

async function committed(forge: Forge, text: string | undefined, at: number): Promise<string> {
  const outcome = await forge.commit(await forge.head(), 'A change\n', write(text), at);
  if (outcome.kind !== 'committed') throw new Error(outcome.kind);
  return outcome.oid;
}

/** What the soak relies on: its repository in memory says what git says. */
describe.each([
  ['in memory', memoryHome],
  ['in git', gitHome],
])('a forge %s', (_, make) => {
  test('commits onto the head it read, and only onto that', async () => {
    const { forge, head } = await atHome(make);
    const oid = await committed(forge, 'stage: early\n', NINE + HOUR);
    expect(await forge.head()).toEqual({ branch: 'main', oid });
    expect(await forge.commit(head, 'Late\n', write('x'), NINE + HOUR)).toEqual({
      kind: 'stale',
      head: { branch: 'main', oid },
    });
    expect(await forge.readAt(oid, 'rollouts/x.yaml')).toBe('stage: early\n');
    expect(await forge.message(oid)).toBe('A change');
    expect([await forge.parent(oid), await forge.parent(head.oid)]).toEqual([head.oid, undefined]);
  });

  test('makes no commit that alters nothing', async () => {
    const { forge, head } = await atHome(make);
    const same = await forge.commit(head, 'Same\n', write('stage: canary\n'), NINE);
    expect(same).toEqual({ kind: 'committed', oid: head.oid });
    expect(await forge.head()).toEqual(head);
  });

  test('reads what a commit holds, whatever came later', async () => {
    const { forge, head } = await atHome(make);
    await committed(forge, undefined, NINE + HOUR);
    const rollouts = (path: string) => path.startsWith('rollouts/');
    expect(await forge.read(head.oid, anywhere(rollouts), BYTES)).toEqual({
      files: [
        { path: 'rollouts/x.yaml', text: 'stage: canary\n' },
        { path: 'rollouts/y.yaml', text: 'é\n' },
      ],
      refused: [],
    });
    const { oid } = await forge.head();
    expect(await forge.readAt(oid, 'rollouts/x.yaml')).toBeUndefined();
    expect(await forge.changedPaths(head.oid, oid)).toEqual(['rollouts/x.yaml']);
    expect((await forge.read(oid, anywhere(rollouts), { maxBytes: 2 })).refused).toEqual([
      { path: 'rollouts/y.yaml', reason: 'too-large' },
    ]);
    await expect(forge.readAt('0'.repeat(40), 'readme.md')).rejects.toMatchObject({
      code: 'unknown-commit',
    });
  });

  test('tells which commits touched a file, newest first, in whole seconds', async () => {
    const { forge, head } = await atHome(make);
    const second = await committed(forge, 'stage: early\n', NINE + HOUR + 999);
    await forge.commit(await forge.head(), 'Other\n', [{ path: 'readme.md', text: '' }], NINE);
    const third = await committed(forge, undefined, NINE + 3 * HOUR);
    const subjects = [
      { path: 'rollouts/x.yaml', revertBranch: BRANCH },
      { path: 'rollouts/none.yaml', revertBranch: BRANCH },
    ];
    const { oid } = await forge.head();
    const touches = [
      { oid: third, at: NINE + 3 * HOUR },
      { oid: second, at: NINE + HOUR },
      { oid: head.oid, at: NINE },
    ];
    expect([...(await forge.lookUp(oid, subjects, 9))]).toEqual([
      ['rollouts/x.yaml', { touches, proposals: [] }],
      ['rollouts/none.yaml', { touches: [], proposals: [] }],
    ]);
    expect((await forge.lookUp(oid, subjects, 2)).get('rollouts/x.yaml')).toEqual({
      touches: touches.slice(0, 2),
      proposals: [],
    });
  });

  test('tells what commits did to a file each', async () => {
    const { forge } = await atHome(make);
    const first = await committed(forge, 'stage: early\n', NINE + HOUR);
    const second = await committed(forge, undefined, NINE + 2 * HOUR);
    const path = 'rollouts/x.yaml';
    expect(
      await forge.edits([
        { oid: second, path },
        { oid: first, path },
        { oid: first, path: 'rollouts/never.yaml' },
      ]),
    ).toEqual([
      { before: 'stage: early\n' },
      { before: 'stage: canary\n', after: 'stage: early\n' },
      {},
    ]);
  });

  test('has records of a file along all parents, none before one that is built on it', async () => {
    const { home, forge, head } = await atHome(make);
    await forge.propose(revert(head, 'stage: off\n'), NINE);
    await forge.commit(head, 'Other\n', [{ path: 'readme.md', text: '' }], NINE + MINUTE);
    await home.merge(BRANCH, NINE + HOUR);
    // By a clock that is behind.
    const last = await committed(forge, 'stage: canary\n', NINE - HOUR);
    const paths = ['rollouts/x.yaml', 'rollouts/none.yaml'];
    const { oid } = await forge.head();
    const records = await forge.records(oid, paths, { limit: 9 });
    const found = records.get('rollouts/x.yaml') ?? [];
    expect(found.map(({ message, at, own }) => [message, at, own])).toEqual([
      ['A change', NINE - HOUR, true],
      [`Merge branch '${BRANCH}'`, NINE + HOUR, true],
      ['Roll back x', NINE, true],
      ['First', NINE, true],
    ]);
    expect(found[0]?.oid).toBe(last);
    expect(records.get('rollouts/none.yaml')).toEqual([]);
    const two = await forge.records(oid, paths, { limit: 2 });
    expect(two.get('rollouts/x.yaml')).toEqual(found.slice(0, 2));
  });

  test('offers a revert once', async () => {
    const { forge, head } = await atHome(make);
    const proposal = { branch: BRANCH, state: 'open', ours: true, openedAt: NINE, where: BRANCH };
    expect(await forge.propose(revert(head), NINE + 999)).toEqual({ kind: 'opened', proposal });
    expect(await forge.propose(revert(head, 'x'), NINE + HOUR)).toEqual({
      kind: 'exists',
      proposal,
    });
    expect(await forge.proposals()).toEqual([proposal]);
    expect(await forge.head()).toEqual(head);
    expect(
      await forge.propose({ ...revert(head), branch: `${BRANCH}-2`, changes: [] }, NINE),
    ).toEqual({ kind: 'refused', detail: expect.stringContaining('nothing to revert') });
    await expect(forge.propose({ ...revert(head), branch: 'x' }, NINE)).rejects.toMatchObject({
      code: 'bad-branch',
    });
  });

  test('remembers a no', async () => {
    const { home, forge, head } = await atHome(make);
    await forge.propose(revert(head), NINE);
    await home.decline(BRANCH);
    const [declined] = await forge.proposals();
    expect(declined).toEqual({
      branch: BRANCH,
      state: 'closed',
      ours: true,
      message: 'Roll back x',
      closedBy: { kind: 'writer' },
      openedAt: NINE,
      where: BRANCH.replace('revert', 'declined'),
    });
    expect(await forge.propose(revert(head), NINE)).toMatchObject({ kind: 'exists' });
    if (declined) await forge.withdraw(declined, 'over');
    const subjects = [{ path: 'rollouts/x.yaml', revertBranch: BRANCH }];
    const looked = await forge.lookUp(head.oid, subjects, 1);
    expect(looked.get('rollouts/x.yaml')?.proposals).toEqual([declined]);
  });

  test('takes nobody else for Sluice', async () => {
    const { home, head } = await atHome(make);
    const ada = await home.open(ADA);
    await ada.propose(revert(head), NINE);
    const forge = await home.open(BOT);
    expect(await forge.proposals()).toMatchObject([{ branch: BRANCH, state: 'open', ours: false }]);
    await home.decline(BRANCH);
    const [declined] = await forge.proposals();
    expect(declined).toMatchObject({ branch: BRANCH, state: 'closed', ours: false });
    expect(declined).not.toHaveProperty('message');
    const subjects = [{ path: 'rollouts/x.yaml', revertBranch: BRANCH }];
    const looked = await forge.lookUp(head.oid, subjects, 1);
    expect(looked.get('rollouts/x.yaml')?.proposals).toEqual([]);
  });

  test('offers again what was closed and was no answer', async () => {
    const { home, forge, head } = await atHome(make);
    await forge.propose(revert(head), NINE);
    await home.decline(BRANCH);
    const replaces = await forge.proposals();
    expect(replaces).toHaveLength(1);
    expect(await forge.propose({ ...revert(head), replaces }, NINE + HOUR)).toMatchObject({
      kind: 'opened',
      proposal: { state: 'open', openedAt: NINE + HOUR, where: BRANCH },
    });
  });

  test('forgets what is withdrawn or deleted', async () => {
    const { home, forge, head } = await atHome(make);
    const first = await forge.propose(revert(head), NINE);
    if (first.kind === 'opened') await forge.withdraw(first.proposal, 'over');
    if (first.kind === 'opened') await forge.withdraw(first.proposal, 'over');
    expect(await forge.proposals()).toEqual([]);
    expect(await forge.propose(revert(head), NINE)).toMatchObject({ kind: 'opened' });
    await home.drop(BRANCH);
    expect(await forge.proposals()).toEqual([]);
  });

  test('sees a revert merged, with what came in between', async () => {
    const { home, forge, head } = await atHome(make);
    await forge.propose(revert(head), NINE);
    await forge.commit(head, 'Other\n', [{ path: 'readme.md', text: '' }], NINE + MINUTE);
    const before = await forge.head();
    expect(await home.merge(BRANCH, NINE + HOUR)).toBe(true);
    const { oid } = await forge.head();
    expect(await forge.parent(oid)).toBe(before.oid);
    expect(await forge.changedPaths(before.oid, oid)).toEqual(['rollouts/x.yaml']);
    const [merged] = await forge.proposals();
    expect(merged).toMatchObject({
      branch: BRANCH,
      state: 'merged',
      ours: true,
      message: 'Roll back x',
    });
    const looked = await forge.lookUp(oid, [{ path: 'rollouts/x.yaml', revertBranch: '' }], 1);
    expect(looked.get('rollouts/x.yaml')?.touches).toEqual([{ oid, at: NINE + HOUR }]);
    if (merged) await forge.withdraw(merged, 'over');
    expect(await forge.proposals()).toEqual([]);
  });

  test('merges no revert that conflicts with what came in between', async () => {
    const { home, forge, head } = await atHome(make);
    await forge.propose(revert(head), NINE);
    await committed(forge, 'stage: early\n', NINE + HOUR);
    const before = await forge.head();
    expect(await home.merge(BRANCH, NINE + HOUR)).toBe(false);
    expect(await forge.head()).toEqual(before);
  });

  test('is one repository to all its processes, and to a clone what it was', async () => {
    const { home, forge } = await atHome(make);
    const ada = await home.open(ADA);
    await committed(ada, 'stage: early\n', NINE + HOUR);
    await forge.propose(revert(await forge.head()), NINE + HOUR);
    const clone = await home.clone();
    opened.push(clone);
    const again = await clone.open(BOT);
    const [here, there] = [await forge.head(), await again.head()];
    expect(await again.readAt(there.oid, 'rollouts/x.yaml')).toBe('stage: early\n');
    expect(await again.proposals()).toEqual(await forge.proposals());
    const subjects = [{ path: 'rollouts/x.yaml', revertBranch: BRANCH }];
    const times = async (of: Forge, { oid }: Head) =>
      (await of.lookUp(oid, subjects, 9)).get('rollouts/x.yaml')?.touches.map(({ at }) => at);
    expect(await times(again, there)).toEqual(await times(forge, here));
  });
});
