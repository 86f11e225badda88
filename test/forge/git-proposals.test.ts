import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Forge, NewProposal } from '../../src/forge/forge.ts';
import type { Head } from '../../src/model/head.ts';
import { HOUR, MINUTE } from '../../src/time.ts';
import { BOT, detailOf, forgeOn, NINE, repositoryWith } from './git-forge.ts';

const BRANCH = 'rollout/revert/new-checkout/canary-20261203T090511Z';

function revert(head: Head, changes: Partial<NewProposal> = {}): NewProposal {
  return {
    branch: BRANCH,
    head,
    message: 'Roll back new-checkout\n\nRollout: new-checkout rollback canary->internal\n',
    changes: [{ path: 'x.yaml', text: 'stage: internal\n' }],
    title: 'Roll back new-checkout',
    body: '## What was measured',
    owners: ['@acme/payments'],
    autoMerge: true,
    ...changes,
  };
}

async function repositoryAndForge(kind: { readonly bare: boolean } = { bare: false }) {
  const repository = await repositoryWith({ 'x.yaml': 'stage: canary\n' }, kind);
  const forge = await forgeOn(repository);
  const exists = async (branch: string) =>
    (await repository.git('for-each-ref', `refs/heads/${branch}`)) !== '';
  return { repository, forge, head: await forge.head(), exists };
}

async function states(forge: Forge) {
  return (await forge.proposals()).map(({ branch, state }) => `${branch} ${state}`);
}

describe.each([{ bare: true }, { bare: false }])('proposals (%o)', (kind) => {
  test('a proposal is a branch with one commit on top of the head', async () => {
    const { repository, forge, head } = await repositoryAndForge(kind);
    const proposal = { branch: BRANCH, state: 'open', ours: true, openedAt: NINE, where: BRANCH };
    expect(await forge.propose(revert(head), NINE)).toEqual({ kind: 'opened', proposal });
    expect(await forge.proposals()).toEqual([proposal]);

    expect(await forge.head()).toEqual(head);
    expect(await repository.git('rev-parse', `${BRANCH}^`)).toBe(head.oid);
    expect(await repository.git('show', `${BRANCH}:x.yaml`)).toBe('stage: internal');
    expect(await repository.git('log', '-1', '--format=%B', BRANCH)).toBe(revert(head).message);
  });

  test('made a second time it is there already, and stays as it was', async () => {
    const { repository, forge, head } = await repositoryAndForge(kind);
    await forge.propose(revert(head), NINE);
    const tip = await repository.git('rev-parse', BRANCH);
    const again = revert(head, { changes: [{ path: 'x.yaml', text: 'else\n' }] });
    expect(await forge.propose(again, NINE + HOUR)).toMatchObject({
      kind: 'exists',
      proposal: { state: 'open', openedAt: NINE },
    });
    expect(await repository.git('rev-parse', BRANCH)).toBe(tip);
  });

  test('of two at once one opens it, the other finds it there', async () => {
    const { repository, forge, head } = await repositoryAndForge(kind);
    const other = await forgeOn(repository, { author: { ...BOT, name: 'Another' } });
    const both = [forge.propose(revert(head), NINE), other.propose(revert(head), NINE)];
    const kinds = (await Promise.all(both)).map((outcome) => outcome.kind);
    expect(kinds.sort()).toEqual(['exists', 'opened']);
  });

  test('merged, then withdrawn', async () => {
    const { repository, forge, head, exists } = await repositoryAndForge(kind);
    const opened = await forge.propose(revert(head), NINE);
    await repository.git('update-ref', 'refs/heads/main', BRANCH);
    expect(await states(forge)).toEqual([`${BRANCH} merged`]);

    if (opened.kind === 'opened') await forge.withdraw(opened.proposal, 'The entry is over');
    expect(await exists(BRANCH)).toBe(false);
  });

  test('declined by renaming it', async () => {
    const { repository, forge, head, exists } = await repositoryAndForge(kind);
    await forge.propose(revert(head), NINE);
    const declined = BRANCH.replace('revert', 'declined');
    await repository.git('branch', '-m', BRANCH, declined);
    const proposal = {
      branch: BRANCH,
      state: 'closed',
      ours: true,
      message: revert(head).message.trimEnd(),
      closedBy: { kind: 'writer' },
      openedAt: NINE,
      where: declined,
    } as const;
    expect(await forge.proposals()).toEqual([proposal]);

    // A no is remembered: it is not offered again, nor deleted.
    expect(await forge.propose(revert(head), NINE)).toEqual({ kind: 'exists', proposal });
    await forge.withdraw(proposal, 'The entry is over');
    expect(await exists(declined)).toBe(true);

    // Under both names it is listed twice; a no that counts outweighs one that waits.
    await repository.git('branch', BRANCH, declined);
    expect(await states(forge)).toEqual([`${BRANCH} closed`, `${BRANCH} open`]);
  });

  test('withdrawn, it is gone, and doing it again is no error', async () => {
    const { forge, head, exists } = await repositoryAndForge(kind);
    const opened = await forge.propose(revert(head), NINE);
    if (opened.kind !== 'opened') throw new Error(opened.kind);
    await forge.withdraw(opened.proposal, 'The entry is over');
    expect(await exists(BRANCH)).toBe(false);
    await forge.withdraw(opened.proposal, 'The entry is over');
    expect(await forge.proposals()).toEqual([]);
  });
});

describe('a person and a proposal', () => {
  test('commits on top make it no younger, and are never deleted', async () => {
    const { repository, forge, head, exists } = await repositoryAndForge();
    const opened = await forge.propose(revert(head), NINE);
    await repository.git('switch', '--quiet', BRANCH);
    await repository.write('x.yaml', 'stage: off\n');
    await repository.commitAll('Further back', { date: NINE + HOUR });
    await repository.git('switch', '--quiet', 'main');

    expect(await forge.proposals()).toMatchObject([{ state: 'open', openedAt: NINE }]);
    if (opened.kind === 'opened') await forge.withdraw(opened.proposal, 'The entry is over');
    expect(await exists(BRANCH)).toBe(true);
  });

  test.each([
    ['amended', ['commit', '--quiet', '--amend', '-m', 'Mine now']],
    ['amended with no change of name', ['commit', '--quiet', '--amend', '--no-edit']],
    ['added to in the name of the bot', ['commit', '--quiet', '--allow-empty', '-m', 'More']],
  ])('%s, it is left alone', async (_, args) => {
    const { repository, forge, head, exists } = await repositoryAndForge();
    const opened = await forge.propose(revert(head), NINE);
    await repository.git('switch', '--quiet', BRANCH);
    // The bot may run under the same name as the person at the terminal.
    await repository.git('config', 'user.email', BOT.email);
    await repository.git(...args);
    await repository.git('switch', '--quiet', 'main');
    if (opened.kind === 'opened') await forge.withdraw(opened.proposal, 'The entry is over');
    expect(await exists(BRANCH)).toBe(true);
    expect(await forge.proposals()).toMatchObject([{ state: 'open', openedAt: NINE }]);
  });

  test('rebased, it is as old as before', async () => {
    const { repository, forge, head } = await repositoryAndForge();
    await forge.propose(revert(head), NINE);
    await repository.write('other.txt', 'x');
    await repository.commitAll('Meanwhile', { date: NINE + MINUTE });
    await repository.git('rebase', '--quiet', 'main', BRANCH);
    expect(await forge.proposals()).toMatchObject([{ state: 'open', openedAt: NINE }]);
  });

  test('with the branch merged into it, it is as old as before', async () => {
    const { repository, forge, head } = await repositoryAndForge();
    await forge.propose(revert(head), NINE);
    await forge.commit(head, 'A bump', [{ path: 'y.yaml', text: '1' }], NINE + HOUR);
    await repository.git('switch', '--quiet', BRANCH);
    await repository.git('merge', '--quiet', '--no-edit', 'main');
    expect(await forge.proposals()).toMatchObject([{ state: 'open', openedAt: NINE }]);
  });

  test('merged with a merge commit and commits of their own on top', async () => {
    const { repository, forge, head, exists } = await repositoryAndForge();
    const opened = await forge.propose(revert(head), NINE);
    await repository.git('switch', '--quiet', BRANCH);
    await repository.write('x.yaml', 'stage: off\n');
    await repository.commitAll('Further back');
    await repository.git('switch', '--quiet', 'main');
    await repository.git('merge', '--quiet', '--no-ff', '--no-edit', BRANCH);
    expect(await states(forge)).toEqual([`${BRANCH} merged`]);
    // The branch has those commits: only the name goes.
    if (opened.kind === 'opened') await forge.withdraw(opened.proposal, 'The entry is over');
    expect(await exists(BRANCH)).toBe(false);
  });

  test('standing on it, they are not left without a branch', async () => {
    const { repository, forge, head, exists } = await repositoryAndForge();
    const opened = await forge.propose(revert(head), NINE);
    await repository.git('worktree', 'add', '--quiet', join(repository.dir, '..', 'look'), BRANCH);
    if (opened.kind === 'opened') await forge.withdraw(opened.proposal, 'The entry is over');
    expect(await exists(BRANCH)).toBe(true);
  });
});

describe('a branch of the name that is not ours', () => {
  const NAMES = [BRANCH, `${BRANCH}.2`, `${BRANCH}.3`, `${BRANCH}.4`];

  test('is left alone, and the revert goes by another name', async () => {
    const { repository, forge, head } = await repositoryAndForge();
    await repository.git('branch', BRANCH, head.oid);
    await repository.git('switch', '--quiet', '-c', `${BRANCH}.2`);
    await repository.write('x.yaml', 'stage: everywhere\n');
    const foreign = await repository.commitAll('Roll back new-checkout');
    await repository.git('switch', '--quiet', 'main');
    const opened = await forge.propose(revert(head), NINE);
    const proposal = { branch: BRANCH, ours: true, state: 'open', where: `${BRANCH}.3` };
    expect(opened).toMatchObject({ kind: 'opened', proposal });
    expect(await forge.propose(revert(head), NINE + HOUR)).toMatchObject({
      kind: 'exists',
      proposal,
    });
    expect((await forge.proposals()).filter(({ ours }) => ours)).toMatchObject([proposal]);
    expect(await repository.git('rev-parse', `${BRANCH}.2`)).toBe(foreign);

    // It is found by its name where people say no, too.
    const declined = `${BRANCH}.3`.replace('revert', 'declined');
    await repository.git('branch', '-m', `${BRANCH}.3`, declined);
    expect((await forge.proposals()).filter(({ ours }) => ours)).toMatchObject([
      { branch: BRANCH, state: 'closed', where: declined },
    ]);
  });

  test('with all of its names: the refusal lists them', async () => {
    const { repository, forge, head } = await repositoryAndForge();
    for (const name of NAMES) await repository.git('branch', name, head.oid);
    expect(detailOf(await forge.propose(revert(head), NINE))).toContain(NAMES.join(', '));
  });

  test.each([
    ['a commit of a person', 'grace@example.com', 'open'],
    ['a commit in the name of the bot that a person amended', BOT.email, 'closed'],
  ])('%s says nothing when it is renamed, merged or not', async (_, email, state) => {
    const { repository, forge } = await repositoryAndForge();
    await repository.git('switch', '--quiet', '-c', BRANCH);
    await repository.write('x.yaml', 'stage: internal\n');
    await repository.git('config', 'user.email', email);
    await repository.commitAll('Roll back new-checkout', { date: NINE });
    await repository.git('commit', '--quiet', '--amend', '--no-edit');
    await repository.git('switch', '--quiet', 'main');
    if (state === 'closed') {
      await repository.git('branch', '-m', BRANCH, BRANCH.replace('revert', 'declined'));
    }
    const [proposal] = await forge.proposals();
    expect(proposal).toMatchObject({ state, ours: email === BOT.email });
    expect(proposal).not.toHaveProperty('message');
  });

  test('at a commit that the branch has is not a revert that was merged', async () => {
    const { repository, forge, head } = await repositoryAndForge();
    await repository.git('branch', BRANCH, head.oid);
    const [proposal] = await forge.proposals();
    expect(proposal).toMatchObject({ state: 'merged', ours: false });
    expect(proposal).not.toHaveProperty('message');
  });
});

describe('what cannot be proposed', () => {
  test('names that are no branch below rollout/revert/', async () => {
    const { forge, head } = await repositoryAndForge();
    for (const branch of ['main', 'rollout/revert/', 'rollout/revert/a b', 'rollout/revert/../x']) {
      await expect(forge.propose(revert(head, { branch }), NINE)).rejects.toMatchObject({
        code: 'bad-branch',
      });
    }
  });

  test('a revert that alters nothing', async () => {
    const { forge, head } = await repositoryAndForge();
    const outcome = await forge.propose(revert(head, { changes: [] }), NINE);
    expect(detailOf(outcome)).toContain('nothing to revert');
    expect(await forge.proposals()).toEqual([]);
  });

  test('where a branch already has the name of one of its folders', async () => {
    const { repository, forge, head } = await repositoryAndForge();
    await repository.git('branch', 'rollout/revert/new-checkout');
    expect(detailOf(await forge.propose(revert(head), NINE))).toContain(
      "'refs/heads/rollout/revert/new-checkout' exists",
    );
  });
});
