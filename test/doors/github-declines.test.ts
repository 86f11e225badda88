import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Ran } from '../github/runner.ts';
import {
  earlier,
  FILE,
  type Incident,
  openIncident,
  standing,
  withRollback,
} from '../support/incident.ts';
import {
  CONFIG,
  closeShops,
  flag,
  inStage,
  metrics,
  openShop,
  type Shop,
} from '../support/shop.ts';

const BACK = 'rolled-back canary';
const EXPOSED = 'progressing quarter';

/** Only admins may say rollback: tim may triage, grace may push, ada decides. */
const ALLOW = 'commands: {allow: {rollback: admin}}\n';
/** Reverts wait for people. */
const WAITS = `${withRollback('{auto_merge: false}')}${ALLOW}`;
/** Reverts merge by themselves. */
const MERGES = `${CONFIG}${ALLOW}`;

/** A flag in breach. */
async function incident(more: Incident = {}): Promise<Shop> {
  const shop = await openIncident({ config: WAITS, ...more });
  shop.repository.setPermission('tim', 'triage');
  return shop;
}

/** A flag in breach with its revert open. */
async function offered(more: Incident = {}): Promise<Shop> {
  const shop = await incident(more);
  expect((await shop.tick()).code).toBe(0);
  expect(shop.repository.pulls()).toMatchObject([{ number: 1, state: 'open' }]);
  return shop;
}

/** Several flags in breach, each worse than its own control. */
async function incidents(names: readonly string[]): Promise<Shop> {
  const shop = await openShop({
    '.github/sluice.yml': WAITS,
    'metrics.csv': metrics(Object.fromEntries(names.map((name) => [name, 0.05]))),
    ...Object.fromEntries(names.map((name) => [fileOf(name), flag(name, inStage('quarter', 3))])),
  });
  shop.repository.team('acme/payments', ['grace']);
  shop.repository.setPermission('tim', 'triage');
  return shop;
}

const fileOf = (name: string): string => `rollouts/${name}.yaml`;

/** The name that the revert of a flag's entry has. */
async function revertOf({ repository }: Shop, name = 'checkout'): Promise<string> {
  const text = (await repository.files())[fileOf(name)] ?? '';
  const since = /since: ([^,}]+)/.exec(text)?.[1]?.replace(/[-:]/g, '');
  return `rollout/revert/${name}/quarter-${since}`;
}

/** The number of the pull request by which Sluice offers to take a flag back. */
const offerOf = ({ repository }: Shop, name: string): number =>
  repository.pulls().find(({ head, user }) => head.includes(`/${name}/`) && user.endsWith('[bot]'))
    ?.number ?? 0;

/** Somebody opens pull requests from the name of a revert, as like ours as can be, and closes each. */
async function squat(shop: Shop, name = 'checkout', times = 1): Promise<void> {
  const head = await revertOf(shop, name);
  for (let time = 0; time < times; time += 1) {
    const number = await shop.repository.openPullRequest({
      head,
      user: 'grace',
      title: `Roll back ${name}@production to canary`,
      labels: ['sluice-revert'],
      files: { [`${name}.md`]: String(time) },
    });
    shop.repository.closePullRequest(number, 'grace');
  }
}

interface Noticed {
  readonly code: string;
  readonly subject: string;
  readonly detail: string;
}

const notices = ({ outputs }: Pick<Ran, 'outputs'>): readonly Noticed[] =>
  (JSON.parse(outputs.result ?? '{}') as { notices: readonly Noticed[] }).notices;

describe('a revert that was closed counts as declined', () => {
  afterEach(closeShops);

  it('if a person did it who may say rollback now, and the hold says who', async () => {
    const shop = await offered();
    shop.repository.closePullRequest(1, 'ada');
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision, notices(ran)]).toEqual([0, 'hold', []]);
    expect(ran.log).toContain('ada closed the revert of this entry unmerged');
    expect(await standing(shop)).toBe(EXPOSED);
    const said = await shop.say(1, 'ada', '/rollout resume checkout');
    expect([said.code, said.outputs.changed]).toEqual([0, 'true']);
  });

  it('until that person may no longer say rollback', async () => {
    const shop = await offered();
    shop.repository.closePullRequest(1, 'ada');
    expect((await shop.tick()).outputs.decision).toBe('hold');
    shop.repository.setPermission('ada', 'write');
    const ran = await shop.tick();
    expect([ran.code, await standing(shop)]).toEqual([0, BACK]);
    expect(notices(ran)[0]?.detail).toContain('ada closed it and may not say rollback');
  });

  it('without its branch, behind many pull requests of others, and one question for a person', async () => {
    const shop = await incidents(['a', 'b']);
    await shop.tick();
    for (const { number, head } of shop.repository.pulls()) {
      shop.repository.closePullRequest(number, 'ada');
      await shop.repository.setBranch(head, undefined);
    }
    await squat(shop, 'a', 7);
    shop.github.clearLog();
    const ran = await shop.tick();
    expect(ran.outputs.decision).toBe('hold');
    expect([await standing(shop, fileOf('a')), await standing(shop, fileOf('b'))]).toEqual([
      EXPOSED,
      EXPOSED,
    ]);
    const asked = shop.github.requests.filter(({ operation }) => operation.includes('permission'));
    expect(asked).toHaveLength(1);
  });
});

const CLOSED: Readonly<
  Record<string, { close(shop: Shop, number: number): unknown; why: string }>
> = {
  triage: {
    close: ({ repository }, number) => repository.closePullRequest(number, 'tim'),
    why: 'tim closed it and may not say rollback: it takes admin access, and they have read',
  },
  push: {
    close: ({ repository }, number) => repository.closePullRequest(number, 'grace'),
    why: 'grace closed it and may not say rollback',
  },
  'deletes-its-branch': {
    close: ({ repository }, number) =>
      repository.setBranch(repository.pull(number).head, undefined, 'grace'),
    why: 'grace closed it and may not say rollback',
  },
  bot: {
    close: ({ repository }, number) => repository.closePullRequest(number, 'stale-app[bot]'),
    why: 'the bot stale-app closed it, and only a person can decline a revert',
  },
  'commit-on-top': {
    close: async ({ repository }, number) => {
      const { head } = repository.pull(number);
      await repository.commit({ branch: head, files: { 'notes.md': 'x' }, author: 'grace' });
      repository.closePullRequest(number, 'ada');
    },
    why: "ada closed it and it does not hold Sluice's own commit alone",
  },
  'closed-once-more': {
    close: ({ repository }, number) => {
      repository.closePullRequest(number, 'ada');
      repository.reopenPullRequest(number, 'tim');
      repository.closePullRequest(number, 'tim');
    },
    why: 'tim closed it and may not say rollback',
  },
  'seven-others-since': {
    close: async (shop, number) => {
      shop.repository.closePullRequest(number, 'grace');
      await squat(shop, 'seven-others-since', 7);
    },
    why: 'grace closed it and may not say rollback',
  },
};

describe('a revert that was closed in another way does not count: its flag goes back at once', () => {
  const names = Object.keys(CLOSED);
  let shop: Shop;
  let ran: Ran;

  beforeAll(async () => {
    shop = await incidents(names);
    await shop.tick();
    for (const name of names) await CLOSED[name]?.close(shop, offerOf(shop, name));
    ran = await shop.tick();
  });
  afterAll(closeShops);

  it.each(names)('%s', async (name) => {
    expect(await standing(shop, fileOf(name))).toBe(BACK);
    const noticed = notices(ran).filter(({ subject }) => subject === `${name}@production`);
    expect(noticed).toContainEqual({
      code: 'decline-not-counted',
      subject: `${name}@production`,
      detail: expect.stringContaining(CLOSED[name]?.why ?? ''),
    });
  });

  it('and the run succeeds and says so everywhere', () => {
    expect([ran.code, ran.outputs.decision]).toEqual([0, 'rollback']);
    expect(ran.summary).toContain('### What does not count');
    expect(ran.log).toContain('decline-not-counted');
    expect(ran.annotations.map(({ message }) => message).join()).toContain('may not say rollback');
  });
});

describe('a revert that was closed and does not count', () => {
  afterEach(closeShops);

  it('was closed by an owner who may only read', async () => {
    const shop = await offered({ config: WAITS.replace('rollback: admin', 'rollback: owners') });
    shop.repository.setPermission('ada', 'read');
    shop.repository.closePullRequest(1, 'ada');
    await shop.tick();
    expect(await standing(shop)).toBe(BACK);
  });

  it('was closed by somebody of whom GitHub does not say what they may do', async () => {
    const shop = await offered();
    shop.repository.closePullRequest(1, 'ada');
    shop.github.fail({ match: 'repos/get-collaborator-permission-level', status: 502, times: 9 });
    const ran = await shop.tick();
    expect(await standing(shop)).toBe(BACK);
    expect(notices(ran)[0]?.detail).toContain('what they may do could not be looked up');
  });

  it('takes the flag back when it is due, though the breach is over', async () => {
    const shop = await incident();
    await earlier(shop, 20, () => shop.tick());
    shop.repository.closePullRequest(1, 'tim');
    await shop.repository.commit({ files: { 'metrics.csv': metrics({ checkout: 0.001 }) } });
    await shop.tick();
    expect(await standing(shop)).toBe(BACK);
  });

  it('is nothing to resume past', async () => {
    const shop = await offered();
    shop.repository.closePullRequest(1, 'tim');
    const said = await shop.say(1, 'ada', '/rollout resume checkout');
    expect([said.outputs.changed, await standing(shop)]).toEqual(['false', EXPOSED]);
  });

  it('is opened again where the config lets people always decide', async () => {
    const config = `${withRollback('{auto_merge: false, commit_after: never}')}${ALLOW}`;
    const shop = await offered({ config });
    shop.repository.closePullRequest(1, 'tim');
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.changed, await standing(shop)]).toEqual([0, 'true', EXPOSED]);
    expect(shop.repository.pulls()).toMatchObject([{ state: 'open' }]);
  });

  it('by Sluice itself, is offered again when its entry comes back', async () => {
    const shop = await offered();
    const { [FILE]: before = '', 'metrics.csv': bad = '' } = await shop.repository.files();
    const date = Date.now() - 2 * 3_600_000;
    const good = metrics({ checkout: 0.001 });
    const elsewhere = { [FILE]: flag('checkout', inStage('canary', 1)), 'metrics.csv': good };
    await shop.repository.commit({ files: elsewhere, date });
    await shop.tick();
    expect(shop.repository.pulls()).toMatchObject([{ state: 'closed' }]);
    await shop.repository.commit({ files: { [FILE]: before, 'metrics.csv': bad }, date });
    await shop.tick();
    expect(shop.repository.pulls().filter(({ state }) => state === 'open')).toHaveLength(1);
  });
});

describe('where the branch takes no commit, a revert that was closed by somebody who may not', () => {
  afterEach(closeShops);

  const PROTECTED: Incident = {
    // A branch that asks for reviews takes no compiled target either.
    config: WAITS.replace(/^targets.*$/m, ''),
    protection: { requirePullRequest: true, requiredApprovals: 1 },
  };

  it('is opened again', async () => {
    const shop = await offered(PROTECTED);
    shop.repository.closePullRequest(1, 'tim');
    await shop.tick();
    expect(shop.repository.pulls()).toMatchObject([{ state: 'open' }]);
    await shop.repository.approve(1, 'ada');
    await shop.repository.mergePullRequest(1, 'ada');
    expect(await standing(shop)).toBe(BACK);
  });

  it('is opened anew if its branch is gone', async () => {
    const shop = await offered(PROTECTED);
    const { head } = shop.repository.pull(1);
    await shop.repository.setBranch(head, undefined, 'grace');
    await shop.tick();
    expect(shop.repository.pulls()).toMatchObject([
      { state: 'closed' },
      { state: 'open', head, user: 'github-actions[bot]' },
    ]);
    expect((await shop.tick()).outputs.decision).toBe('hold');
  });

  it('is opened by another name if its branch carries something else, and found by it', async () => {
    const shop = await offered(PROTECTED);
    const { head } = shop.repository.pull(1);
    shop.repository.closePullRequest(1, 'grace');
    await shop.repository.commit({ branch: head, files: { 'evil.sh': 'rm' }, author: 'grace' });
    await shop.tick();
    const again = await shop.tick();
    expect(again.outputs.decision).toBe('hold');
    expect(shop.repository.pulls()).toMatchObject([
      { state: 'closed' },
      { state: 'open', head: `${head}.2` },
    ]);
    shop.repository.closePullRequest(2, 'ada');
    await shop.repository.setBranch(`${head}.2`, undefined, 'ada');
    const held = await shop.tick();
    expect(held.log).toContain('ada closed the revert of this entry unmerged');
  });
});

const TAKEN: Readonly<Record<string, (shop: Shop, name: string) => Promise<unknown>>> = {
  'closed-once': (shop, name) => squat(shop, name),
  'closed-seven-times': (shop, name) => squat(shop, name, 7),
  open: async (shop, name) =>
    shop.repository.openPullRequest({
      head: await revertOf(shop, name),
      user: 'grace',
      files: { 'evil.sh': 'rm' },
    }),
  merged: async (shop, name) => {
    const head = await revertOf(shop, name);
    const files = { 'notes.md': name };
    const number = await shop.repository.openPullRequest({ head, user: 'grace', files });
    await shop.repository.mergePullRequest(number, 'grace');
  },
  // Nothing but a branch, with a commit as like ours as somebody can push.
  'copied-commit': async (shop, name) =>
    shop.repository.commit({
      branch: await revertOf(shop, name),
      files: { 'evil.sh': 'rm' },
      author: 'github-actions[bot]',
      message: `Roll back ${name}@production to canary\n\nRollout: ${name}@production`,
    }),
};

describe('somebody else has the name of a revert', () => {
  const names = Object.keys(TAKEN);
  let shop: Shop;
  let ran: Ran;

  beforeAll(async () => {
    shop = await incidents([...names, 'all-names', 'old-commit', 'folder']);
    for (const name of names) await TAKEN[name]?.(shop, name);
    const every = await revertOf(shop, 'all-names');
    for (const branch of [every, `${every}.2`, `${every}.3`, `${every}.4`]) {
      await shop.repository.commit({ branch, files: { 'notes.md': 'x' }, author: 'grace' });
    }
    const folder = { branch: 'rollout/revert/folder', files: { 'notes.md': 'x' } };
    await shop.repository.commit(folder);
    const old = await shop.repository.head();
    const text = (await shop.repository.files())[fileOf('old-commit')] ?? '';
    const files = { [fileOf('old-commit')]: text.replace('phase:', ' phase:') };
    await shop.repository.commit({ files, date: Date.now() - 2 * 3_600_000 });
    await shop.repository.setBranch(await revertOf(shop, 'old-commit'), old);
    ran = await earlier(shop, 20, () => shop.tick());
  });
  afterAll(closeShops);

  it.each([...names, 'old-commit'])('%s: the revert is offered beside it', async (name) => {
    const branch = await revertOf(shop, name);
    // What was merged is in the branch that rollouts live on: nothing of theirs is left under the name.
    const head = name === 'merged' ? branch : `${branch}.2`;
    expect(shop.repository.pull(offerOf(shop, name))).toMatchObject({ state: 'open', head });
    const own = `main..${await shop.repository.head(head)}`;
    expect(await shop.repository.git('rev-list', '--count', own)).toBe('1');
    const changed = await shop.repository.git('diff', '--name-only', own.replace('..', '...'));
    expect(changed.split('\n').filter((path) => path !== 'flags/exposures.json')).toEqual([
      fileOf(name).replace('.yaml', '.evidence.json'),
      fileOf(name),
    ]);
  });

  it.each(['all-names', 'folder'])('%s: the rollback is committed', async (name) => {
    expect([offerOf(shop, name), await standing(shop, fileOf(name))]).toEqual([0, BACK]);
  });

  it('is reported, with who opened it and who closed it', () => {
    const of = (name: string) => notices(ran).filter(({ subject }) => subject.startsWith(name));
    expect(of('closed-once')).toMatchObject([
      {
        code: 'not-our-revert',
        detail: expect.stringContaining('grace opened it, not Sluice, and grace closed it'),
      },
    ]);
    expect(of('open')).toMatchObject([{ code: 'not-our-revert' }]);
    expect(ran.annotations.map(({ message }) => message).join()).toContain(
      `the branch rollout/revert/copied-commit/`,
    );
  });

  it('and the flags go back when it is due; what others made stays', async () => {
    const ours = shop.repository.pulls().filter(({ user }) => user.endsWith('[bot]'));
    const theirs = (await shop.repository.branches()).filter((name) =>
      ours.every(({ head }) => head !== name),
    );
    const next = await shop.tick();
    expect(next.outputs.decision).toBe('rollback');
    for (const name of [...names, 'old-commit']) {
      expect([name, await standing(shop, fileOf(name))]).toEqual([name, BACK]);
    }
    expect(await shop.repository.files()).not.toHaveProperty('evil.sh');
    const left = await shop.repository.branches();
    expect(left).toEqual(expect.arrayContaining(theirs));
    expect(shop.repository.pulls().filter(({ state }) => state === 'open')).toMatchObject([
      { user: 'grace' },
    ]);
    // They cost the next ticks nothing.
    await shop.tick();
    shop.github.clearLog();
    await shop.tick();
    expect(shop.github.writes()).toEqual([]);
  });
});

describe('somebody else is quicker', () => {
  afterEach(closeShops);

  it('and pushes to the branch of a revert before our commit: it is left to them', async () => {
    const shop = await incident({ config: MERGES });
    const branch = await revertOf(shop);
    shop.github.on('graphql/createCommitOnBranch', async () => {
      await shop.repository.commit({ branch, files: { 'evil.sh': 'rm' }, author: 'grace' });
    });
    expect((await shop.tick()).code).toBe(0);
    expect(await standing(shop)).toBe(BACK);
    expect(await shop.repository.files()).not.toHaveProperty('evil.sh');
    expect(shop.repository.pulls()).toMatchObject([{ head: `${branch}.2` }]);
  });

  it('and opens the pull request of our commit: another one is opened', async () => {
    const shop = await incident({ config: MERGES });
    const head = await revertOf(shop);
    shop.github.on('pulls/create', async () => {
      await shop.repository.openPullRequest({ head, user: 'grace' });
    });
    expect((await shop.tick()).code).toBe(0);
    expect(await standing(shop)).toBe(BACK);
    expect(shop.repository.pulls()).toMatchObject([{ user: 'grace' }, { merged: true }]);
  });

  it('and merges ours into a branch of their own: another one is opened', async () => {
    const shop = await offered();
    await shop.repository.setBranch('elsewhere', await shop.repository.head());
    await shop.repository.retarget(1, 'elsewhere');
    await shop.repository.mergePullRequest(1, 'grace');
    expect((await shop.tick()).code).toBe(0);
    expect(shop.repository.pulls()).toMatchObject([
      { merged: true },
      { state: 'open', user: 'github-actions[bot]', base: 'main' },
    ]);
  });
});
