import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../src/files/config/defaults.ts';
import type { CannotTell, Permission } from '../../src/forge/forge.ts';
import { GitHubError } from '../../src/forge/github/error.ts';
import type { Closer, Proposal } from '../../src/model/proposal.ts';
import { readProposal, revertJudge } from '../../src/repository/declines.ts';
import { revertBranch } from '../../src/repository/revert-branch.ts';
import { commitMessage } from '../../src/tell/commit.ts';
import { breach, move, NOW, rollout } from '../support/builders.ts';

const ROLLOUT = rollout();
const [BACK] = ROLLOUT.stages;
const BRANCH = revertBranch(ROLLOUT, DEFAULT_CONFIG.environments);

/** What Sluice writes when it takes a rollout back. */
const message = (of = ROLLOUT, action: 'rollback' | 'degrade' | 'advance' = 'rollback'): string =>
  commitMessage([
    move({ rollout: of, action, to: BACK?.name, why: 'errors are 5 %', verdicts: [breach()] }),
  ]).trimEnd();

/** A revert of Sluice's own that a person closed. */
const proposal = (more: Partial<Proposal> = {}): Proposal => ({
  branch: BRANCH,
  state: 'closed',
  ours: true,
  message: message(),
  closedBy: { kind: 'person', login: 'ada' },
  openedAt: NOW,
  where: 'https://github.example/acme/shop/pull/7',
  ...more,
});

const without = ({ message: _, ...rest }: Proposal): Proposal => rest;

describe("what a proposal of Sluice's own says", () => {
  const closed = (closedBy: Closer | undefined, more: Partial<Proposal> = {}): Proposal => {
    const { closedBy: _, ...rest } = proposal(more);
    return closedBy ? { ...rest, closedBy } : rest;
  };
  const ada: Closer = { kind: 'person', login: 'ada' };
  const other = rollout({ flag: 'other', key: 'other@production' });

  const rows: readonly [string, Proposal, string][] = [
    ['open', proposal({ state: 'open' }), 'open'],
    ['closed by a person', closed(ada), 'closed-by'],
    [
      'closed by a person, for degrading',
      closed(ada, { message: message(ROLLOUT, 'degrade') }),
      'closed-by',
    ],
    ['renamed in a local repository', closed({ kind: 'writer' }), 'declined'],
    ['closed by a bot', closed({ kind: 'bot', login: 'stale' }), 'closed'],
    ['closed by an account that is gone', closed(undefined), 'closed'],
    ['closed by Sluice itself', closed({ kind: 'sluice' }), 'void'],
    ['closed with more than our commit', without(closed(ada)), 'closed'],
    ['closed with a message without a trailer', closed(ada, { message: 'Roll back' }), 'void'],
    ['closed with a trailer of another rollout', closed(ada, { message: message(other) }), 'void'],
    [
      'closed with a trailer that goes up',
      closed(ada, { message: message(ROLLOUT, 'advance') }),
      'void',
    ],
    [
      'closed with a digest that does not hold',
      closed(ada, { message: message().replace('5 %', '6 %') }),
      'void',
    ],
    [
      'renamed with a message without a trailer',
      closed({ kind: 'writer' }, { message: 'Mine' }),
      'void',
    ],
    ['merged', closed(undefined, { state: 'merged' }), 'declined'],
    ['merged with more than our commit', without(closed(undefined, { state: 'merged' })), 'void'],
    [
      'merged with a digest that does not hold',
      closed(undefined, { state: 'merged', message: message().replace('5 %', '6 %') }),
      'void',
    ],
  ];

  it.each(rows)('%s', (_, given, kind) => {
    expect(readProposal(given, ROLLOUT).kind).toBe(kind);
  });
});

describe('a judge of reverts', () => {
  /** A forge in which people may do this, and what it was asked. */
  function judgeWith(
    may: Readonly<Record<string, Permission>>,
    {
      allow = 'write',
      owner = false,
    }: { allow?: 'write' | 'owners'; owner?: boolean | CannotTell } = {},
  ) {
    const asked: string[] = [];
    const { commands, environments } = DEFAULT_CONFIG;
    const judge = revertJudge(
      {
        permission: async (user) => {
          asked.push(user);
          return may[user] ?? 'none';
        },
        isOwner: async () => owner,
      },
      { environments, commands: { ...commands, allow: { ...commands.allow, rollback: allow } } },
    );
    return { judge, asked };
  }

  it('asks nobody about what was not closed, nor about another entry', async () => {
    const { judge, asked } = judgeWith({});
    expect(await judge.of(ROLLOUT, [])).toEqual({ revert: { state: 'none' }, replaces: [] });
    expect(await judge.of(ROLLOUT, [proposal({ state: 'open' })])).toEqual({
      revert: { state: 'open', openedAt: NOW },
      replaces: [],
    });
    const elsewhere = proposal({ branch: 'rollout/revert/demo/full-20200101T000000Z' });
    expect(await judge.of(ROLLOUT, [elsewhere])).toEqual({
      revert: { state: 'none' },
      replaces: [],
    });
    expect([asked, judge.notices()]).toEqual([[], []]);
  });

  it('asks once what a person may do, however many they closed', async () => {
    const { judge, asked } = judgeWith({ ada: 'write' });
    for (let time = 0; time < 3; time += 1) {
      expect((await judge.of(ROLLOUT, [proposal()])).revert).toEqual({
        state: 'declined',
        how: 'ada closed the revert of this entry unmerged',
      });
    }
    expect(asked).toEqual(['ada']);
  });

  it.each<[string, Readonly<Record<string, Permission>>, boolean | CannotTell, boolean]>([
    ['an owner who may write', { ada: 'write' }, true, true],
    ['an owner who may only read', { ada: 'read' }, true, false],
    ['somebody who is no owner', { ada: 'admin' }, false, false],
    ['a member of a team that cannot be read', { ada: 'admin' }, { unknown: 'no' }, false],
  ])('takes %s for what the config allows', async (_, may, owner, counts) => {
    const { judge } = judgeWith(may, { allow: 'owners', owner });
    const { revert, replaces } = await judge.of(ROLLOUT, [proposal()]);
    expect(revert.state).toBe(counts ? 'declined' : 'closed');
    expect(replaces).toEqual(counts ? [] : [proposal()]);
    expect(judge.notices()).toHaveLength(counts ? 0 : 1);
  });

  it('takes no answer for no permission', async () => {
    const { commands, environments } = DEFAULT_CONFIG;
    const lost = new GitHubError('ambiguous', 'GET permission', 'no answer');
    const judge = revertJudge(
      { permission: () => Promise.reject(lost), isOwner: async () => true },
      { commands, environments },
    );
    expect((await judge.of(ROLLOUT, [proposal()])).revert.state).toBe('closed');
    expect(judge.notices()[0]?.detail).toContain('GET permission: no answer');
  });

  it.each<[string, readonly Proposal[], object, number]>([
    [
      'that waits, beside ones that say nothing',
      [
        proposal({ message: 'Mine', openedAt: NOW + 2 }),
        proposal({ state: 'open', openedAt: NOW + 1 }),
        proposal({ closedBy: { kind: 'bot', login: 'stale' } }),
      ],
      { state: 'open', openedAt: NOW + 1 },
      2,
    ],
    [
      'that was declined, beside one that somebody opened since',
      [proposal({ state: 'open', openedAt: NOW + 1 }), proposal()],
      { state: 'declined', how: 'ada closed the revert of this entry unmerged' },
      0,
    ],
    [
      'that was closed first, of those that do not count',
      [
        proposal({ closedBy: { kind: 'bot', login: 'stale' }, openedAt: NOW + 1 }),
        proposal({ closedBy: { kind: 'bot', login: 'stale' } }),
      ],
      { state: 'closed', openedAt: NOW },
      2,
    ],
  ])('goes by the one %s', async (_, proposals, revert, replaced) => {
    const judged = await judgeWith({ ada: 'write' }).judge.of(ROLLOUT, proposals);
    expect(judged.revert).toEqual(revert);
    expect(judged.replaces).toHaveLength(replaced);
  });

  it('reports what others put there, beside what is ours', async () => {
    const { judge } = judgeWith({ ada: 'write' });
    const foreign = { ...without(proposal()), ours: false, openedBy: 'mallory', where: 'their/8' };
    expect(await judge.of(ROLLOUT, [foreign])).toEqual({ revert: { state: 'none' }, replaces: [] });
    expect((await judge.of(ROLLOUT, [foreign, proposal()])).revert.state).toBe('declined');
    expect(judge.notices()).toEqual([
      {
        code: 'not-our-revert',
        subject: ROLLOUT.key,
        detail:
          "their/8 does not count: it has the name of this stage's revert, but mallory opened it, not Sluice, and ada closed it",
      },
    ]);
  });
});
