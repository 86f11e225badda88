import { afterAll, describe, expect, it } from 'vitest';
import { issueCommentEvent } from '../github/events.ts';
import type { Logged, Match } from '../github/traffic.ts';
import { FILE, openIncident, withRollback } from '../support/incident.ts';
import {
  CONFIG,
  closeShops,
  flag,
  inStage,
  metrics,
  openShop,
  type Shop,
} from '../support/shop.ts';

afterAll(closeShops);

const TARGET = 'flags/exposures.json';
const BOT = 'github-actions[bot]';
const IN_QUARTER = flag('checkout', inStage('quarter', 30));
const FOREVER = Number.POSITIVE_INFINITY;
/** A server error in disguise. */
const WENT_WRONG = {
  status: 200,
  body: { data: null, errors: [{ message: 'Something went wrong while executing your query.' }] },
} as const;

/** A flag at a quarter of its users, compiled, and an issue to talk on. */
async function compiled(files: Readonly<Record<string, string>> = {}) {
  const shop = await openShop({
    [FILE]: IN_QUARTER,
    'metrics.csv': metrics({ checkout: 0.002 }),
    ...files,
  });
  await shop.push({ before: (await shop.repository.head()) ?? '' });
  shop.github.clearLog();
  return { shop, issue: shop.repository.openIssue({ title: 'Talk' }) };
}

/** What a kill left: whether the file and the target say so, and what the person was told. */
async function leftBy({ repository }: Shop, issue: number) {
  const files = await repository.files();
  const target = JSON.parse(files[TARGET] ?? '{}').flags?.['checkout@production'];
  const replies = repository
    .comments(issue)
    .filter(({ user }) => user === BOT)
    .map(({ body }) => body.replace(/^<!--.*-->\n/, '').replaceAll(/[\\\u2060]/g, ''));
  return {
    killed: /^kill: true$/m.test(files[FILE] ?? ''),
    off: target?.killed === true,
    stage: /stage: ([\w-]+)/.exec(files[FILE] ?? '')?.[1],
    replies,
  };
}

/** A GraphQL query that has these words in it. */
const asks =
  (...words: readonly string[]): Match =>
  ({ operation, body, writes }: Logged) =>
    operation.startsWith('graphql/') &&
    !writes &&
    words.every((word) => String((body as { query?: string })?.query).includes(word));

const COSMETIC: readonly (readonly [string, Match, number])[] = [
  ['adding a reaction', 'reactions/create-for-issue-comment', 502],
  ['reading the replies there are', asks('comments(first'), 200],
  ['looking up who touched the file', asks('history('), 200],
  ['listing open reverts', asks('refs(refPrefix'), 200],
];

describe.concurrent('a failure of', () => {
  it.each(COSMETIC)('%s does not stop a kill', async (_, match, status) => {
    const { shop, issue } = await compiled();
    shop.github.fail({ ...WENT_WRONG, status, match, times: FOREVER });
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout it burns');
    expect(await leftBy(shop, issue)).toMatchObject({ killed: true, off: true });
    const { replies } = await leftBy(shop, issue);
    expect(replies).toEqual([expect.stringMatching(/^🚀 \*\*Done: kill checkout/)]);
    expect(ran.code, ran.log).toBe(0);
  });

  it.each(COSMETIC)(
    '%s does not stop a rollback, which goes back one stage',
    async (_, match, status) => {
      const { shop, issue } = await compiled();
      shop.github.fail({ ...WENT_WRONG, status, match, times: FOREVER });
      const id = shop.comment(issue, 'ada', '/rollout rollback checkout');
      const event = await issueCommentEvent(shop.github, shop.repository, id);
      expect((await shop.run(event)).code).toBe(0);
      expect(await leftBy(shop, issue)).toMatchObject({ stage: 'canary' });
      // The same run again goes back no further, whatever it can look up.
      await shop.run(event);
      expect(await leftBy(shop, issue)).toMatchObject({ stage: 'canary' });
    },
  );

  it('looking up who touched the file is a warning in the reply', async () => {
    const { shop, issue } = await compiled();
    shop.github.fail({ ...WENT_WRONG, match: asks('history('), times: FOREVER });
    await shop.say(issue, 'ada', '/rollout kill checkout');
    const { replies } = await leftBy(shop, issue);
    expect(replies[0]).toMatch(/⚠️ Whether an earlier run did this already was not looked up/);
  });

  it('looking up who touched the file refuses what gives users more', async () => {
    const { shop, issue } = await compiled({
      [FILE]: flag('checkout', inStage('quarter', 30, 'paused')),
    });
    shop.github.fail({ ...WENT_WRONG, match: asks('history('), times: FOREVER });
    const ran = await shop.say(issue, 'ada', '/rollout resume checkout');
    expect(ran.code).toBe(1);
    expect((await leftBy(shop, issue)).replies).toEqual([expect.stringMatching(/^❌ /)]);
    expect((await shop.repository.files())[FILE]).toContain('phase: paused');
  });

  it('closing a revert that is over is a warning, and the next tick closes it', async () => {
    const shop = await openIncident({
      config: withRollback('{via: pull-request, auto_merge: false}'),
    });
    const issue = shop.repository.openIssue({ title: 'Talk' });
    await shop.tick();
    const [pull] = shop.repository.pulls();
    shop.github.fail({ match: 'pulls/update', status: 502, times: FOREVER });
    const ran = await shop.say(issue, 'ada', '/rollout rollback checkout');
    expect(ran.code).toBe(0);
    expect(await leftBy(shop, issue)).toMatchObject({ stage: 'canary' });
    expect((await leftBy(shop, issue)).replies[0]).toMatch(/⚠️ .*the next tick closes them/);
    shop.github.calm();
    await shop.tick();
    expect(shop.repository.pull(pull?.number ?? 0).state).toBe('closed');
  });

  it('reading who is in a team lets those with write access kill, and says so', async () => {
    const { shop, issue } = await compiled({
      '.github/sluice.yml': `${CONFIG}commands: {allow: {kill: owners, promote: owners}}\n`,
    });
    const { github, repository } = shop;
    const permissions = {
      contents: 'write',
      issues: 'write',
      pull_requests: 'write',
      members: 'read',
    } as const;
    const token = github.token({ kind: 'app', repository, permissions });
    github.fail({ match: 'teams/get-membership-for-user-in-org', status: 502, times: FOREVER });
    await shop.say(issue, 'grace', '/rollout promote checkout', { token });
    await shop.say(issue, 'grace', '/rollout kill checkout', { token });
    const replies = repository
      .comments(issue)
      .filter(({ user }) => user !== 'grace')
      .map(({ body }) => body.replaceAll('\\', ''));
    expect(replies[0]).toMatch(/👎 .*only its owners may/);
    expect(replies[1]).toMatch(
      /🚀 [\s\S]*⚠️ Whether they are in .*acme\/payments could not be looked up/,
    );
    expect(await leftBy(shop, issue)).toMatchObject({ killed: true, off: true });
  });

  it('writing the reply fails the run, which has done what was asked and says so', async () => {
    const { shop, issue } = await compiled();
    shop.github.fail({ match: 'issues/create-comment', status: 403, times: FOREVER });
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout');
    expect(await leftBy(shop, issue)).toMatchObject({ killed: true, off: true, replies: [] });
    expect([ran.code, ran.outputs.changed]).toEqual([1, 'true']);
    expect(ran.summary).toContain('Done: kill checkout');
    expect(ran.annotations).toMatchObject([
      { level: 'error', message: expect.stringContaining('the reply could not be written') },
    ]);
  });
});

describe.concurrent('a kill that cannot be carried out is answered, with what to do by hand, when', () => {
  it.each<[string, Match, number]>([
    ['the permission is not looked up', 'repos/get-collaborator-permission-level', 502],
    ['the branch is not read', asks('defaultBranchRef'), 200],
    ['the commit is not taken', 'graphql/createCommitOnBranch', 502],
  ])('%s', async (_, match, status) => {
    const { shop, issue } = await compiled();
    shop.github.fail({ ...WENT_WRONG, status, match, times: FOREVER });
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout');
    expect(ran.code).toBe(1);
    const { replies, killed } = await leftBy(shop, issue);
    expect(killed).toBe(false);
    expect(replies).toEqual([
      expect.stringMatching(
        /^❌ [\s\S]*[Rr]un (?:the job )?again[\s\S]*If `checkout` has to be off before that, commit a line `kill: true`/,
      ),
    ]);
    expect(shop.repository.comments(issue)[0]?.reactions.map(({ content }) => content)).toEqual([
      'eyes',
      '-1',
    ]);
  });
});

describe('one hiccup of GitHub', () => {
  it('at any query does not stop a kill', async () => {
    const calm = await compiled();
    await calm.shop.say(calm.issue, 'ada', '/rollout kill checkout');
    const queries = calm.shop.github.requests.filter(({ operation }) =>
      operation.startsWith('graphql/'),
    ).length;
    expect(queries).toBeGreaterThan(5);
    for (let nth = 1; nth <= queries; nth += 1) {
      const { shop, issue } = await compiled();
      shop.github.fail({ ...WENT_WRONG, match: /^graphql\//, nth });
      const ran = await shop.say(issue, 'ada', '/rollout kill checkout');
      const { killed, off, replies } = await leftBy(shop, issue);
      expect([nth, ran.code, killed, off, replies.length]).toEqual([nth, 0, true, true, 1]);
    }
  });
});

describe.concurrent('a commit that GitHub refuses because of a target', () => {
  const refused = {
    match: 'graphql/createCommitOnBranch',
    status: 200,
    body: {
      data: { createCommitOnBranch: null },
      errors: [
        {
          type: 'UNPROCESSABLE',
          path: ['createCommitOnBranch'],
          message: 'Repository rule violations found: file path flags/exposures.json is restricted',
        },
      ],
    },
  } as const;

  it('is made without it by a kill, which says whose users still have it', async () => {
    const { shop, issue } = await compiled();
    shop.github.fail(refused);
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout');
    expect(ran.code).toBe(1);
    const { killed, off, replies } = await leftBy(shop, issue);
    expect([killed, off]).toEqual([true, false]);
    expect(replies[0]).toMatch(
      /^❌ \*\*Kill checkout@production was not carried out everywhere: flags\/exposures\.json was left out/,
    );
    // The next tick writes it.
    await shop.tick();
    expect(await leftBy(shop, issue)).toMatchObject({ off: true });
  });

  it('is made without it, and with the other target, by a kill and by a push', async () => {
    const both = CONFIG.replace(
      'targets: [',
      'targets: [{type: flagd, path: flags/flagd.json}, {type: json, path: flags/mine.json}, ',
    );
    const { shop, issue } = await compiled({ '.github/sluice.yml': both });
    const { github, repository } = shop;
    github.fail({
      ...refused,
      match: ({ operation, body }) =>
        operation === 'graphql/createCommitOnBranch' && JSON.stringify(body).includes(TARGET),
      times: FOREVER,
    });
    expect((await shop.say(issue, 'ada', '/rollout kill checkout')).code).toBe(1);
    expect(await leftBy(shop, issue)).toMatchObject({ killed: true, off: false });
    expect((await repository.files())['flags/mine.json']).toContain('"killed": true');
    expect((await repository.files())['flags/flagd.json']).toContain('"killed": true');
    const before = (await repository.head()) ?? '';
    await repository.commit({ files: { [FILE]: flag('checkout', inStage('canary', 3)) } });
    const pushed = await shop.push({ before });
    expect(pushed.code).toBe(1);
    expect((await repository.files())['flags/mine.json']).toContain('"stage": "canary"');
    expect(pushed.log).toContain(`${TARGET} was left out`);
  });

  it('is made without it by a tick that rolls back, and the tick fails', async () => {
    const shop = await openIncident({ config: withRollback('{via: commit}') });
    shop.github.fail({
      ...refused,
      match: ({ operation, body }) =>
        operation === 'graphql/createCommitOnBranch' && JSON.stringify(body).includes(TARGET),
      times: FOREVER,
    });
    const ran = await shop.tick();
    expect(ran.code).toBe(1);
    const files = await shop.repository.files();
    expect(files[FILE]).toContain('phase: rolled-back');
    expect(ran.annotations.map(({ message }) => message).join()).toContain(
      `${TARGET} was left out`,
    );
    // What it was decided by is a file of its own, and is kept.
    expect(files).toHaveProperty('rollouts/checkout.evidence.json');
  });

  it('is made without the record of its evidence, if that is what GitHub refuses', async () => {
    const shop = await openIncident({ config: withRollback('{via: commit}') });
    shop.github.fail({
      ...refused,
      match: ({ operation, body }) =>
        operation === 'graphql/createCommitOnBranch' &&
        JSON.stringify(body).includes('evidence.json"'),
      times: FOREVER,
    });
    const ran = await shop.tick();
    expect(ran.code).toBe(1);
    const files = await shop.repository.files();
    expect(files[FILE]).toContain('phase: rolled-back');
    expect(files).not.toHaveProperty('rollouts/checkout.evidence.json');
    expect(ran.annotations.map(({ message }) => message).join()).toContain(
      'rollouts/checkout.evidence.json was left out',
    );
  });
});

describe.concurrent('a kill reads by path alone', () => {
  it('and asks for no file or folder that is not about rollouts, however large the repository is', async () => {
    const others = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, i) => [`packages/p${i % 50}/file${i}.ts`, '']),
    );
    const { shop, issue } = await compiled(others);
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout');
    expect(ran.code, ran.log).toBe(0);
    expect(await leftBy(shop, issue)).toMatchObject({ killed: true, off: true });
    const asked = shop.github.requests.map(({ operation, path, query, body }) =>
      JSON.stringify([operation, path, query, body]),
    );
    expect(asked.filter((text) => /packages|recursive/.test(text))).toEqual([]);
    expect(asked.filter((text) => text.includes('git/trees'))).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['a broken file', { 'rollouts/other.yaml': 'flag: [\n' }],
    [
      'a file of another flag in ten megabytes',
      { 'rollouts/other.yaml': `#${'.'.repeat(10 << 20)}\n` },
    ],
    [
      'a second file of another flag',
      {
        'rollouts/other.yaml': flag('other', inStage('quarter', 30)),
        'rollouts/again.yaml': flag('other', inStage('canary', 30)),
      },
    ],
    [
      'a pointer of Git LFS',
      {
        'rollouts/other.yaml': `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12\n`,
      },
    ],
  ])('and %s beside the flag stops neither it nor a rollback', async (_, files) => {
    const { shop, issue } = await compiled(files);
    expect((await shop.say(issue, 'ada', '/rollout rollback checkout')).code).toBe(0);
    expect(await leftBy(shop, issue)).toMatchObject({ stage: 'canary' });
    expect((await shop.say(issue, 'ada', '/rollout kill checkout')).code).toBe(0);
    expect(await leftBy(shop, issue)).toMatchObject({ killed: true, off: true });
  });

  it('and one file that GitHub gives no answer about leaves the flag off', async () => {
    // Too large for GraphQL to give whole.
    const large = `${flag('other', inStage('quarter', 30))}#${'.'.repeat(1 << 20)}\n`;
    const { shop, issue } = await compiled({ 'rollouts/other.yaml': large });
    shop.github.fail({ match: 'git/get-blob', status: 502, times: FOREVER });
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout');
    expect(ran.code).toBe(0);
    const failed = shop.github.requests.filter(({ status }) => status === 502);
    expect(failed.map(({ operation }) => operation)).toContain('git/get-blob');
    expect(await leftBy(shop, issue)).toMatchObject({ killed: true, off: true });
  });

  it('and a target that is a pointer of Git LFS stays one: the file says kill, and the reply whose users are left', async () => {
    const { shop, issue } = await compiled();
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12\n`;
    await shop.repository.commit({ files: { [TARGET]: pointer } });
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout');
    expect(ran.code).toBe(1);
    const files = await shop.repository.files();
    expect([files[TARGET], /^kill: true$/m.test(files[FILE] ?? '')]).toEqual([pointer, true]);
    const reply = shop.repository.comments(issue).at(-1)?.body ?? '';
    expect(reply.replaceAll('\\', '')).toMatch(
      /^[\s\S]*❌ .*not.* everywhere: flags\/exposures.json: the file is kept by Git LFS/,
    );
  });
});
