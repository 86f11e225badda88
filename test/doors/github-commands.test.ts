import { afterAll, describe, expect, it } from 'vitest';
import { readTrailers } from '../../src/tell/commit.ts';
import { issueCommentEvent } from '../github/events.ts';
import { withoutRecords } from '../support/records.ts';
import { sampled } from '../support/sampled.ts';
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

const FILE = 'rollouts/checkout.yaml';
const BOT = 'github-actions[bot]';

/** A shop with one flag in a stage, healthy unless told, and an issue to talk on. */
async function shopWith(
  text: string,
  options: { readonly errors?: number; readonly files?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly shop: Shop; readonly issue: number }> {
  const { errors = 0.002, files = {} } = options;
  const shop = await openShop({
    [FILE]: text,
    'metrics.csv': metrics({ checkout: errors }),
    ...files,
  });
  return { shop, issue: shop.repository.openIssue({ title: 'Talk' }) };
}

const IN_QUARTER = flag('checkout', inStage('quarter', 30));

/** What became of the last command on an issue: reactions to it, and the bot's replies. */
function answers({ repository }: Shop, on: number) {
  const comments = repository.comments(on);
  const asked = comments.filter(({ user }) => user !== BOT);
  return {
    reactions: asked.at(-1)?.reactions.map(({ content }) => content) ?? [],
    replies: comments
      .filter(({ user }) => user === BOT)
      .map(({ body }) => body.replace(/^<!--.*-->\n/, '')),
  };
}

const commits = async ({ repository }: Shop): Promise<number> =>
  (await repository.commits()).length;

const KILLED = `kill: true\n${IN_QUARTER}`;
const HELD = flag('checkout', inStage('canary', 30)).replace(
  'percentage: 25,',
  'percentage: 25, approvals: 1,',
);

describe.concurrent('a person who may', () => {
  it.each([
    ['rollback', IN_QUARTER, /phase: rolled-back, stage: canary/, 'Roll back .* to canary'],
    ['pause', IN_QUARTER, /phase: paused, stage: quarter/, 'Pause checkout'],
    [
      'resume',
      flag('checkout', inStage('quarter', 30, 'paused')),
      /phase: progressing, stage: quarter/,
      'Resume checkout',
    ],
    ['promote', IN_QUARTER, /phase: progressing, stage: full/, 'Advance .* to full'],
    ['approve', HELD, /approvals:/, 'Approve .* for quarter'],
    ['kill', IN_QUARTER, /^kill: true$/m, 'Kill checkout'],
    ['unkill', KILLED, /^(?![\s\S]*kill: true)/, 'Un-kill checkout'],
    ['restart', IN_QUARTER, /^(?![\s\S]*stage: quarter)/, 'Restart checkout'],
  ])('says %s: one commit, 👀 and 🚀, one reply', async (verb, text, file, words) => {
    const { shop, issue } = await shopWith(text);
    const ran = await shop.say(issue, 'ada', `/rollout ${verb} checkout for a reason`);
    expect([ran.stderr, ran.code]).toEqual(['', 0]);
    expect((await shop.repository.files())[FILE]).toMatch(file);
    const [commit] = await shop.repository.commits();
    expect(await commits(shop)).toBe(2);
    expect(readTrailers(commit?.message ?? '')).toMatchObject([
      { key: 'checkout@production', by: 'ada' },
    ]);
    expect(ran.outputs).toMatchObject({ changed: 'true', 'commit-sha': commit?.oid });
    const { reactions, replies } = answers(shop, issue);
    expect(reactions).toEqual(['eyes', 'rocket']);
    expect(replies).toHaveLength(1);
    expect(replies[0]?.replace(/\\-/g, '-')).toMatch(new RegExp(`^🚀 \\*\\*Done: ${words}`, 'i'));
    expect(replies[0]).toContain(`(${commit?.oid})`);
    // What is next is a sentence of its own.
    expect(replies[0]?.split('\n\n')[1]).toMatch(/^[A-Z`].*\.$/);
    expect(ran.summary).toContain(replies[0] ?? '-');
  });

  it.each(['rollback', 'kill'])('has %s on the branch within ten requests', async (verb) => {
    const { shop, issue } = await shopWith(IN_QUARTER);
    await shop.say(issue, 'grace', `/rollout ${verb} checkout`);
    const moved = shop.github.requests.findIndex(({ operation }) =>
      operation.endsWith('createCommitOnBranch'),
    );
    expect(moved).toBeGreaterThan(0);
    expect(moved + 1).toBeLessThanOrEqual(10);
  });

  it('is shown how things stand, and what can be said', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER);
    await shop.say(issue, 'ada', '/rollout status');
    await shop.say(issue, 'ada', 'Well then\n/rollout help');
    const { reactions, replies } = answers(shop, issue);
    expect(reactions).toEqual(['eyes', 'rocket']);
    expect(replies[0]).toContain('`quarter` (2/3)');
    expect(replies[1]).toContain('/rollout kill <flag>[@environment] [reason]');
    expect(await commits(shop)).toBe(1);
  });
});

describe.concurrent('a person who may not', () => {
  it.each([
    ['mallory', 'rollback', /`mallory` may not say rollback: it takes write access/],
    ['reader', 'kill', /`reader` may not say kill: it takes write access, and they have read/],
    ['grace', 'promote', /only its owners may/],
  ])('%s, says %s: 👎 and why, and nothing is written', async (user, verb, why) => {
    const { shop, issue } = await shopWith(IN_QUARTER);
    shop.github.user('mallory');
    shop.repository.setPermission('reader', 'read');
    const ran = await shop.say(issue, user, `/rollout ${verb} checkout`);
    expect(ran.code).toBe(0);
    const { reactions, replies } = answers(shop, issue);
    expect(reactions).toEqual(['eyes', '-1']);
    expect(replies).toEqual([expect.stringMatching(/^👎/)]);
    expect(replies[0]?.replace(/\\/g, '')).toMatch(why);
    expect(await commits(shop)).toBe(1);
  });

  it('is told what would help where the token cannot read teams; an app token can', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER);
    const { github, repository } = shop;
    repository.team('acme/payments', ['grace']);
    await shop.say(issue, 'grace', '/rollout promote checkout');
    expect(answers(shop, issue).replies[0]?.replace(/\\/g, '')).toMatch(
      /Members: read.*`commands.allow`/,
    );
    expect(await commits(shop)).toBe(1);
    const permissions = {
      contents: 'write',
      issues: 'write',
      pull_requests: 'write',
      members: 'read',
    } as const;
    const token = github.token({ kind: 'app', repository, permissions });
    await shop.say(issue, 'grace', '/rollout promote checkout', { token });
    expect((await shop.repository.files())[FILE]).toContain('stage: full');
  });

  it('lends nothing by setting the event off, nor by editing', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER);
    const { github, repository } = shop;
    const id = shop.comment(issue, 'mallory', '/rollout kill checkout');
    await shop.run(await issueCommentEvent(github, repository, id, { sender: 'ada' }));
    expect(answers(shop, issue).reactions).toEqual(['eyes', '-1']);
    github.clearLog();
    repository.editComment(id, '/rollout kill checkout!');
    await shop.run(await issueCommentEvent(github, repository, id, { action: 'edited' }));
    await shop.say(issue, 'helper[bot]', '/rollout kill checkout');
    expect(github.requests).toEqual([]);
    expect(await commits(shop)).toBe(1);
  });
});

describe.concurrent('a comment', () => {
  it.each(['Nice work!', 'see /rollout kill checkout', '> /rollout kill checkout'])(
    'that is conversation (%j) asks GitHub nothing',
    async (body) => {
      const { shop, issue } = await shopWith(IN_QUARTER);
      const ran = await shop.say(issue, 'ada', body);
      expect([ran.code, shop.github.requests]).toEqual([0, []]);
    },
  );

  it('for somebody else is left alone', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER);
    await shop.say(issue, 'ada', '/deploy checkout');
    expect(shop.github.writes()).toEqual([]);
  });

  it('on the pull request of a fork is about the default branch', async () => {
    const { shop } = await shopWith(IN_QUARTER);
    const number = await shop.repository.openPullRequest({
      head: 'change',
      user: 'mallory',
      fork: true,
      files: {
        [FILE]: flag('checkout', inStage('canary', 30)),
        '.github/sluice.yml': `${CONFIG}commands: {allow: {kill: read, rollback: read}}\n`,
      },
    });
    await shop.say(number, 'mallory', '/rollout kill checkout');
    expect(answers(shop, number).reactions).toEqual(['eyes', '-1']);
    await shop.say(number, 'ada', '/rollout rollback checkout');
    expect((await shop.repository.files())[FILE]).toContain('stage: canary');
  });

  it.each([
    ['/rollout rolback checkout', /`rolback` is no command: did you mean `rollback`\?/],
    [
      '/rollout kill chekout',
      /There is no rollout of `chekout`\.\*\*\n\n.*[Dd]id you mean `checkout`\?/,
    ],
    ['/rollout kill', /Kill which flag\? Say `\/rollout kill <flag> \[reason\]`/],
  ])('that is mistyped (%s) gets a suggestion', async (body, words) => {
    const { shop, issue } = await shopWith(IN_QUARTER);
    await shop.say(issue, 'ada', body);
    expect(answers(shop, issue)).toMatchObject({
      reactions: ['eyes', '-1'],
      replies: [expect.stringMatching(words)],
    });
  });

  it('that asks how things stand is told of files that are invalid', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER, {
      files: { 'rollouts/search.yaml': 'flag: search\nstages: [\n' },
    });
    await shop.say(issue, 'ada', '/rollout status');
    await shop.say(issue, 'ada', '/rollout status search');
    for (const reply of answers(shop, issue).replies) {
      expect(reply).toMatch(/⚠️ Invalid.*only kill works: rollouts\/search.yaml:\d/);
    }
  });

  it('about a flag in two environments has to say which', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER, {
      files: {
        '.github/sluice.yml': `environments: [staging, production]\n${CONFIG}`,
        [FILE]: `environment: production\n${IN_QUARTER}`,
        'rollouts/staging/checkout.yaml': `environment: staging\n${IN_QUARTER}`,
      },
    });
    await shop.say(issue, 'ada', '/rollout pause checkout');
    await shop.say(issue, 'ada', '/rollout pause checkout@staging');
    const { replies } = answers(shop, issue);
    expect(replies[0]).toMatch(/Say which: `\/rollout pause checkout@/);
    expect(replies[1]).toContain('🚀');
    const files = await shop.repository.files();
    expect(files['rollouts/staging/checkout.yaml']).toContain('phase: paused');
    expect(files[FILE]).toContain('phase: progressing');
  });

  it('kills also where the file is invalid', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER);
    await shop.tick();
    await shop.repository.commit({ files: { [FILE]: `${IN_QUARTER}stages: [\n` } });
    await shop.say(issue, 'ada', '/rollout pause checkout');
    await shop.say(issue, 'ada', '/rollout kill checkout');
    const { replies } = answers(shop, issue);
    expect(replies[0]).toMatch(/^👎 .*file is invalid.*\n\n.*only kill works/);
    expect(replies[1]).toMatch(/^🚀 \*\*Done: kill checkout/);
    expect((await shop.repository.files())[FILE]).toMatch(/^kill: true$/m);
  });

  it('promotes nothing past a breach', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER, { errors: 0.2 });
    await shop.say(issue, 'ada', '/rollout promote checkout');
    const { reactions, replies } = answers(shop, issue);
    expect(reactions).toEqual(['eyes', '-1']);
    expect(replies[0]?.replace(/\\/g, '')).toMatch(/was not promoted[\s\S]*errors: .*20 %/);
    expect(await commits(shop)).toBe(1);
  });

  it('is answered also where the config is broken', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER, {
      files: { '.github/sluice.yml': `${CONFIG}nonsense: 1\n` },
    });
    const ran = await shop.say(issue, 'ada', '/rollout promote checkout');
    expect(ran.code).toBe(1);
    const { reactions, replies } = answers(shop, issue);
    expect(reactions).toEqual(['eyes', '-1']);
    expect(replies[0]).toMatch(/^❌ .*sluice.*has errors, so no flag goes up/);
    // Once it is mended, the same event may be run again.
    await shop.repository.commit({ files: { '.github/sluice.yml': CONFIG } });
    await shop.run(
      await issueCommentEvent(
        shop.github,
        shop.repository,
        shop.repository.comments(issue)[0]?.id ?? 0,
      ),
    );
    expect(answers(shop, issue).replies).toEqual([expect.stringContaining('🚀')]);
  });

  it('is answered also where GitHub fails, and then carried out when it is run again', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER);
    const { github, repository } = shop;
    github.fail({ match: 'repos/get-collaborator-permission-level', status: 502, times: 3 });
    const id = shop.comment(issue, 'ada', '/rollout kill checkout');
    const event = await issueCommentEvent(github, repository, id);
    expect((await shop.run(event)).code).toBe(1);
    expect(answers(shop, issue).replies).toEqual([
      expect.stringMatching(/^❌ .*HTTP 502[\s\S]*run the job again: nothing is done twice/),
    ]);
    expect((await shop.run(event)).code).toBe(0);
    expect(answers(shop, issue).replies).toEqual([expect.stringContaining('🚀')]);
    expect(await commits(shop)).toBe(2);
  });

  it('is obeyed although nobody may react to it', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER);
    shop.github.fail({
      match: 'reactions/create-for-issue-comment',
      status: 403,
      times: 9,
      body: { message: 'Resource not accessible by integration' },
    });
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout');
    expect(ran.code).toBe(0);
    expect(ran.annotations.map(({ level }) => level)).toEqual(['warning', 'warning']);
    expect(answers(shop, issue).replies).toHaveLength(1);
    expect(await commits(shop)).toBe(2);
  });

  it('in a dry run changes nothing and writes nothing', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER);
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout', {
      inputs: { 'dry-run': 'true' },
    });
    expect(ran.log).toContain('dry run');
    expect(shop.github.writes()).toEqual([]);
  });

  it('cannot forge a trailer, a marker, a mention or a workflow command', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER);
    const evil =
      '<!-- sluice:reply:1 done --> @ada ::set-output name=x::y ##[error]x Rollout: a@b advance a->b evidence=sha256:0';
    const ran = await shop.say(
      issue,
      'ada',
      `/rollout pause checkout ${evil}\r\n\r\nRollout: checkout@production kill a->b evidence=sha256:${'0'.repeat(64)}\n::error::forged`,
    );
    const [commit] = await shop.repository.commits();
    expect(readTrailers(commit?.message ?? '')).toMatchObject([{ action: 'pause' }]);
    const bad = await shop.say(issue, 'ada', '/rollout ##[error]forged');
    expect([...ran.annotations, ...bad.annotations]).toEqual([]);
    expect(bad.stdout).toMatch(/::stop-commands::(\S+)\n.*##\[error\]forged[\s\S]*\n::\1::/);
    for (const reply of answers(shop, issue).replies) {
      expect(reply.replace(/`[^`\n]+`/g, '')).not.toMatch(/<!--|@[a-z]/);
    }
  });

  it('is not taken for answered because a review quotes the marker of its answer', async () => {
    const { shop } = await shopWith(IN_QUARTER);
    const { repository } = shop;
    const number = await repository.openPullRequest({ head: 'x', files: { 'a.md': 'a' } });
    const id = shop.comment(number, 'ada', '/rollout kill checkout');
    await repository.commit({
      branch: 'x',
      files: { [`rollouts/<!-- sluice:reply:${id} done -->.yaml`]: 'flag: x\n' },
    });
    await shop.review(number);
    await shop.run(await issueCommentEvent(shop.github, repository, id));
    expect(await commits(shop)).toBe(2);
  });

  it('is answered and obeyed once however often its run is repeated', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER);
    const id = shop.comment(issue, 'ada', '/rollout rollback checkout');
    const event = await issueCommentEvent(shop.github, shop.repository, id);
    for (let run = 0; run < 3; run += 1) await shop.run(event);
    expect(await commits(shop)).toBe(2);
    expect(answers(shop, issue)).toMatchObject({
      reactions: ['eyes', 'rocket'],
      replies: [expect.any(String)],
    });
  });

  it('and another at once: each is answered, and the flag goes up one stage', async () => {
    const { shop, issue } = await shopWith(flag('checkout', inStage('canary', 30)));
    shop.repository.setPermission('ada', 'admin');
    const both = shop.github.barrier(/createCommitOnBranch/);
    const runs = [
      shop.say(issue, 'ada', '/rollout promote checkout'),
      shop.say(issue, 'ada', '/rollout promote checkout'),
    ];
    await both.meets(runs);
    expect((await Promise.all(runs)).map(({ code }) => code)).toEqual([0, 0]);
    expect((await shop.repository.files())[FILE]).toContain('stage: quarter');
    expect(await commits(shop)).toBe(2);
    expect(
      answers(shop, issue)
        .replies.map((reply) => reply.slice(0, 2))
        .sort(),
    ).toEqual(['🚀', '👎'].sort());
  });
});

/** Everything that a run may leave behind, but for times and ids. */
async function leftBy({ repository }: Shop, on: number) {
  const plain = (text: string): string =>
    text
      .replace(/[0-9a-f]{40,64}/g, 'OID')
      .replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME')
      .replace(/\w{3} \d+ \w{3} \d{4}, \d\d:\d\d/g, 'TIME')
      .replace(/(comment-|comment: |reply:)\d+/g, '$1ID');
  return {
    files: Object.fromEntries(
      Object.entries(withoutRecords(await repository.files())).map(([path, text]) => [
        path,
        plain(text),
      ]),
    ),
    commits: (await repository.commits()).map(({ message }) => plain(message)),
    branches: await repository.branches(),
    comments: repository.comments(on).map(({ user, body, reactions }) => ({
      user,
      body: plain(body),
      reactions: reactions.map(({ content }) => content).sort(),
    })),
    issues: repository.issues().length,
    pulls: repository.pulls().map(({ state }) => state),
  };
}

interface Flow {
  readonly name: string;
  readonly text?: string;
  /** What is said, on an issue; otherwise a pull request is reviewed. */
  readonly say?: string;
  /** A tick has opened a revert before, which the command makes needless. */
  readonly reverting?: boolean;
}

const FLOWS: readonly Flow[] = [
  { name: 'rollback', say: '/rollout rollback checkout' },
  { name: 'rollback beside a revert', say: '/rollout rollback checkout', reverting: true },
  { name: 'kill', say: '/rollout kill checkout' },
  {
    name: 'promote',
    say: '/rollout promote checkout',
    text: flag('checkout', inStage('canary', 30)),
  },
  { name: 'approve', say: '/rollout approve checkout', text: HELD },
  { name: 'a refusal', say: '/rollout rolback checkout' },
  { name: 'status', say: '/rollout status' },
  { name: 'a review' },
];

describe.concurrent.each(FLOWS)(
  '$name, cut at any request and run again',
  ({ name, text = IN_QUARTER, say, reverting = false }) => {
    async function start() {
      const { shop, issue } = await shopWith(text, reverting ? { errors: 0.2 } : {});
      const { github, repository } = shop;
      if (reverting) await shop.tick();
      github.clearLog();
      if (say !== undefined) {
        const id = shop.comment(issue, 'ada', say);
        const event = await issueCommentEvent(github, repository, id);
        return { shop, on: issue, run: () => shop.run(event) };
      }
      const files = { [FILE]: flag('checkout', inStage('full', 30)) };
      const number = await repository.openPullRequest({ head: 'change', files });
      return { shop, on: number, run: () => shop.review(number) };
    }

    it('ends as if nothing had been cut', async () => {
      const calm = await start();
      await calm.run();
      const expected = await leftBy(calm.shop, calm.on);
      // A read that is lost is lost the same way before and after; a write is not.
      const cuts = calm.shop.github.requests.flatMap(({ writes, operation }, index) =>
        (writes ? (['before', 'after'] as const) : (['after'] as const)).map((when) => ({
          nth: index + 1,
          when,
          operation,
        })),
      );
      // Two runs each: some requests of each flow, of both ways to be cut off.
      const some = sampled(`cut ${name}`, cuts, 1 / 8, ({ when }) => when);
      await inTurn(3, some, async ({ nth, when, operation }) => {
        const { shop, on, run } = await start();
        shop.github.cut({ nth, when });
        await run();
        const ran = await run();
        const what = `cut ${when} ${operation}, request ${nth}`;
        expect(await leftBy(shop, on), what).toEqual(expected);
        expect(ran.code, what).toBe(say === undefined ? 1 : 0);
      });
    });
  },
);

/** Does things for all, so many at a time. */
async function inTurn<T>(
  atOnce: number,
  all: readonly T[],
  run: (each: T) => Promise<void>,
): Promise<void> {
  const queue = [...all];
  const lanes = Array.from({ length: atOnce }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await run(next);
  });
  await Promise.all(lanes);
}

describe.concurrent('where the branch is protected', () => {
  it('a kill is offered as a pull request, and said not to be done yet', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER);
    shop.repository.protect({ requiredApprovals: 1 });
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout it burns');
    expect(ran.code).toBe(1);
    const [pull] = shop.repository.pulls();
    expect(pull).toMatchObject({ title: 'Kill checkout@production', state: 'open' });
    expect(pull?.body).toContain('it burns');
    const { reactions, replies } = answers(shop, issue);
    expect(reactions).toContain('-1');
    expect(replies.join()).toContain('offered and not done yet');
    expect(replies.join()).toContain(`/pull/${pull?.number}`);
    // It is no revert of a breach: a tick neither carries it out nor takes it back.
    await shop.tick();
    expect((await shop.repository.files())[FILE]).toBe(IN_QUARTER);
    expect(shop.repository.pull(pull?.number ?? 0).state).toBe('open');
    await shop.repository.approve(pull?.number ?? 0, 'grace');
    await shop.repository.mergePullRequest(pull?.number ?? 0, 'grace');
    expect((await shop.repository.files())[FILE]).toMatch(/^kill: true$/m);
  });

  it('a promotion is refused: what is not safer waits', async () => {
    const { shop, issue } = await shopWith(IN_QUARTER);
    shop.repository.protect({ requiredApprovals: 1 });
    expect((await shop.say(issue, 'ada', '/rollout promote checkout')).code).toBe(1);
    expect(shop.repository.pulls()).toEqual([]);
  });
});
