import { afterEach, describe, expect, it } from 'vitest';
import type { FileChange, NewProposal } from '../../src/forge/forge.ts';
import { raiseByIssue } from '../../src/forge/github/issue.ts';
import type { Head } from '../../src/model/head.ts';
import { closeForges, type ForgeHome, openForge } from '../support/github-forge.ts';

afterEach(closeForges);

const PATH = 'rollouts/x.yaml';
const COMMIT = 'graphql/createCommitOnBranch';
const PULL = 'pulls/create';
const MERGE = 'pulls/merge';
const WHEN = ['before', 'after'] as const;
const WRITE: readonly FileChange[] = [{ path: PATH, text: 'stage: off\n' }];
const open = () => openForge({ [PATH]: 'stage: canary\n' });

const commit = ({ forge }: ForgeHome, head: Head) =>
  forge.commit(head, 'Roll back x\n\nRollout: x rollback\n', WRITE, Date.now());

const messages = async ({ repository }: ForgeHome): Promise<readonly string[]> =>
  (await repository.commits()).map(({ message }) => message.split('\n')[0] ?? '');

/** The ways in which GitHub says neither yes nor no to a commit. */
const SILENCES = [
  [
    'a cut connection',
    (home: ForgeHome, when: 'before' | 'after', times = 1) =>
      home.github.cut({ match: COMMIT, when, times }),
  ],
  [
    'a GraphQL error without a type',
    (home: ForgeHome, when: 'before' | 'after', times = 1) =>
      home.github.wentWrong({ match: COMMIT, when, times }),
  ],
  [
    'a 502',
    (home: ForgeHome, when: 'before' | 'after', times = 1) =>
      home.github.fail({ match: COMMIT, when, times, status: 502 }),
  ],
  [
    'a page of a proxy',
    (home: ForgeHome, when: 'before' | 'after', times = 1) =>
      home.github.fail({ match: COMMIT, when, times, status: 403, body: '<html>No</html>' }),
  ],
  [
    'an answer without the commit',
    (home: ForgeHome, when: 'before' | 'after', times = 1) =>
      home.github.fail({
        match: COMMIT,
        when,
        times,
        status: 200,
        body: { data: { createCommitOnBranch: null } },
      }),
  ],
] as const;

describe.each(SILENCES)('a commit that is answered with %s', (_, silence) => {
  it.each(WHEN)('(%s it is made) is made exactly once', async (when) => {
    const home = await open();
    const head = await home.forge.head();
    silence(home, when);
    const outcome = await commit(home, head);
    expect(outcome).toEqual({ kind: 'committed', oid: await home.repository.head() });
    expect(await messages(home)).toEqual(['Roll back x', 'Initial commit']);
    expect(home.github.count(COMMIT)).toBe(when === 'before' ? 2 : 1);
  });
});

describe('a commit that GitHub does not answer', () => {
  it('is known to be made although the branch shows it late', async () => {
    const home = await open();
    const head = await home.forge.head();
    home.repository.lagReads(3);
    home.github.wentWrong({ match: COMMIT, when: 'after' });
    expect(await commit(home, head)).toMatchObject({ kind: 'committed' });
    expect(await messages(home)).toEqual(['Roll back x', 'Initial commit']);
  });

  it('three times, and which is not there, is reported as what it is: unknown', async () => {
    const home = await open();
    home.github.wentWrong({ match: COMMIT, times: 9 });
    const outcome = await commit(home, await home.forge.head());
    expect(outcome).toMatchObject({
      kind: 'refused',
      unanswered: true,
      detail: expect.stringMatching(
        /^GitHub did not answer \(.*Something went wrong.*\); it is not known whether main took the commit.*Run again/,
      ),
    });
    expect(JSON.stringify(outcome)).not.toMatch(/Rulesets|protect/);
    expect(home.github.count(COMMIT)).toBe(3);
  });

  it('and that cannot be read back is unknown, too', async () => {
    const home = await open();
    const head = await home.forge.head();
    home.github.wentWrong({ match: COMMIT, when: 'after' });
    home.github.fail({ match: 'git/get-ref', status: 502, times: 9 });
    expect(await commit(home, head)).toMatchObject({ kind: 'refused', unanswered: true });
    expect(home.github.count(COMMIT)).toBe(1);
  });

  it('is not taken for made when somebody else was quicker', async () => {
    const home = await open();
    const head = await home.forge.head();
    home.github.wentWrong({ match: COMMIT });
    home.github.on(COMMIT, async () => {
      await home.repository.commit({ files: { [PATH]: 'stage: full\n' }, message: 'A person' });
    });
    expect(await commit(home, head)).toMatchObject({ kind: 'stale' });
    expect(await messages(home)).toEqual(['A person', 'Initial commit']);
  });

  it('is refused where GitHub says no in the end', async () => {
    const home = await open();
    home.repository.protect({ requirePullRequest: true });
    home.github.wentWrong({ match: COMMIT });
    const outcome = await commit(home, await home.forge.head());
    expect(outcome).toMatchObject({ kind: 'refused', detail: expect.stringContaining('Rulesets') });
    expect(outcome).not.toHaveProperty('unanswered');
  });
});

const BRANCH = 'rollout/revert/x/canary-20261203T090511Z';

const revert = (head: Head, autoMerge = false): NewProposal => ({
  branch: BRANCH,
  head,
  message: 'Roll back x\n\nRollout: x rollback\n',
  changes: WRITE,
  title: 'Roll back x',
  body: 'Because.',
  owners: ['@ada'],
  autoMerge,
});

describe('a revert', () => {
  const STEPS = [
    'git/create-ref',
    COMMIT,
    PULL,
    'pulls/request-reviewers',
    'issues/add-labels',
    MERGE,
  ];

  it.each(STEPS.flatMap((step) => WHEN.map((when) => [step, when] as const)))(
    'whose %s is not answered (%s it is done) is opened in the same run, once',
    async (match, when) => {
      const home = await open();
      home.repository.setPermission('ada', 'admin');
      const head = await home.forge.head();
      home.github.fail({ match, when, status: 502 });
      const outcome = await home.forge.propose(revert(head, true), Date.now());
      expect(outcome).toMatchObject({ kind: 'opened', proposal: { state: 'merged' } });
      expect(home.repository.pulls()).toMatchObject([
        { title: 'Roll back x', reviewers: ['ada'], labels: ['sluice-revert'] },
      ]);
      expect((await home.repository.commits(BRANCH)).map(({ parents }) => parents.length)).toEqual([
        1, 0,
      ]);
      expect(home.warnings).toEqual([]);
    },
  );

  it.each([
    [
      'does not see its branch yet',
      422,
      {
        message: 'Validation Failed',
        errors: [{ resource: 'PullRequest', field: 'head', code: 'invalid' }],
      },
    ],
    [
      'does not see its commit yet',
      422,
      {
        message: 'Validation Failed',
        errors: [
          { resource: 'PullRequest', code: 'custom', message: 'No commits between main and it' },
        ],
      },
    ],
    ['is too busy to find the repository', 404, { message: 'Not Found' }],
  ])('is opened in the same run where GitHub %s', async (_, status, body) => {
    const home = await open();
    home.github.fail({ match: PULL, status, body, times: 2 });
    const outcome = await home.forge.propose(revert(await home.forge.head()), Date.now());
    expect(outcome).toMatchObject({ kind: 'opened' });
    expect(home.github.count(PULL)).toBe(3);
    expect(home.slept).toEqual(expect.arrayContaining([1000, 2000]));
  });

  it('that GitHub cannot open is tried three times, and is left for the next run', async () => {
    const home = await open();
    home.github.fail({ match: PULL, status: 500, times: 9 });
    const head = await home.forge.head();
    await expect(home.forge.propose(revert(head), Date.now())).rejects.toMatchObject({
      code: 'ambiguous',
    });
    expect(home.github.count(PULL)).toBe(3);
    home.github.calm();
    expect(await home.forge.propose(revert(head), Date.now())).toMatchObject({ kind: 'opened' });
  });

  it('that GitHub refuses for good is sent once', async () => {
    const home = await open();
    home.repository.set({ allowActionsToCreatePullRequests: false });
    const outcome = await home.forge.propose(revert(await home.forge.head()), Date.now());
    expect(outcome).toMatchObject({ kind: 'refused' });
    expect(home.github.count(PULL)).toBe(1);
  });
});

describe('a merge', () => {
  const MODIFIED = {
    match: MERGE,
    status: 405,
    body: { message: 'Base branch was modified. Review and try the merge again.' },
  };

  it('into a base that moved meanwhile is tried again, at the same head', async () => {
    const home = await open();
    home.github.fail({ ...MODIFIED, times: 2 });
    const outcome = await home.forge.propose(revert(await home.forge.head(), true), Date.now());
    expect(outcome).toMatchObject({ proposal: { state: 'merged' } });
    const heads = home.github.writes(MERGE).map(({ body }) => (body as { sha: string }).sha);
    expect(heads).toHaveLength(3);
    expect(new Set(heads).size).toBe(1);
  });

  it.each([
    ['into a base that moved meanwhile', MODIFIED],
    ['that was not answered', { match: MERGE, status: 502 }],
  ])('%s is not tried again once a person has stopped the flag', async (_, failure) => {
    const home = await open();
    home.github.fail(failure);
    let stands = true;
    home.github.on(MERGE, () => {
      stands = false;
    });
    const proposal = { ...revert(await home.forge.head(), true), stillStands: async () => stands };
    const outcome = await home.forge.propose(proposal, Date.now());
    expect(outcome).toMatchObject({ proposal: { state: 'open' } });
    expect(home.github.count(MERGE)).toBe(1);
  });

  it('whose base never holds still is left to people, who are told', async () => {
    const home = await open();
    home.github.fail({ ...MODIFIED, times: 9 });
    const outcome = await home.forge.propose(revert(await home.forge.head(), true), Date.now());
    expect(outcome).toMatchObject({ proposal: { state: 'open' } });
    expect(home.github.count(MERGE)).toBe(3);
    expect(home.warnings.join()).toContain('Base branch was modified');
  });

  it.each(WHEN)(
    'that waits for checks is switched on once, if that is not answered (%s)',
    async (when) => {
      const home = await open();
      home.repository.set({ allowAutoMerge: true });
      home.repository.protect({ requiredChecks: ['test'], branch: 'main' });
      home.github.wentWrong({ match: 'graphql/enablePullRequestAutoMerge', when, times: 1 });
      const proposal = { ...revert(await home.forge.head(), true), owners: [] };
      await home.forge.propose(proposal, Date.now());
      expect(home.repository.pull(1)).toMatchObject({ state: 'open' });
      expect(home.repository.stored.pull(1)?.pull.autoMerge).toMatchObject({ method: 'merge' });
      expect(home.warnings).toEqual([]);
    },
  );
});

describe('an alarm', () => {
  const ALARM = { key: 'rollout/revert/x/y', title: 'A person has to act', body: 'Now.' };

  it.each(WHEN)('that is not answered (%s it is raised) is raised once', async (when) => {
    const { client, github, repository, warnings } = await open();
    github.fail({ match: 'issues/create', when, status: 502 });
    const where = await raiseByIssue(client, ALARM, (text) => expect.fail(text));
    expect(where).toBe(`${github.url}/acme/shop/issues/1`);
    expect(repository.issues()).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  it('that cannot be raised says so', async () => {
    const { client, github } = await open();
    const warnings: string[] = [];
    github.fail({ match: 'issues/create', status: 502, times: 9 });
    expect(await raiseByIssue(client, ALARM, (text) => warnings.push(text))).toBeUndefined();
    expect(warnings.join()).toContain('GitHub did not answer; the next run tries again');
    expect(github.count('issues/create')).toBe(3);
  });
});

describe('a commit that a read does not show yet', () => {
  const SUBJECTS = [{ path: PATH, revertBranch: BRANCH }];
  const READS: readonly (readonly [
    string,
    object,
    (home: ForgeHome, head: Head) => Promise<unknown>,
  ])[] = [
    [
      'the history of a file',
      { defaultBranchRef: { name: 'main' }, commit: null, r0: { nodes: [] } },
      async ({ forge }, { oid }) =>
        (await forge.lookUp(oid, SUBJECTS, 5)).get(PATH)?.touches.length,
    ],
    ['a file', { commit: null, object: null }, ({ forge }, { oid }) => forge.readAt(oid, PATH)],
    [
      'what differs',
      { t0: null, t1: null },
      async ({ forge, repository }, { oid }) =>
        forge.changedPaths(oid, await repository.commit({ files: { [PATH]: 'new' } })),
    ],
  ];
  const RESULTS = [1, 'stage: canary\n', [PATH]];

  it.each(READS.map((read, index) => [...read, RESULTS[index]] as const))(
    'is asked for again, and is not missing: %s',
    async (_, repository, read, result) => {
      const home = await open();
      const head = await home.forge.head();
      home.github.fail({ match: /^graphql/, status: 200, body: { data: { repository } } });
      expect(await read(home, head)).toEqual(result);
      const forever = { times: Number.POSITIVE_INFINITY };
      home.github.fail({
        match: /^graphql/,
        status: 200,
        body: { data: { repository } },
        ...forever,
      });
      await expect(read(home, head)).rejects.toMatchObject({
        code: 'ambiguous',
        message: expect.stringContaining('GitHub does not show the'),
      });
    },
  );
});
