import { afterAll, describe, expect, it } from 'vitest';
import { issueCommentEvent } from '../github/events.ts';
import type { Logged } from '../github/traffic.ts';
import { type Claim, claim, commitAsBot } from '../support/forger.ts';
import { earlier, standing } from '../support/incident.ts';
import { sluice } from '../support/program.ts';
import {
  ago,
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

/** Thirty hours in canary, healthy, and quarter needs an approval; ten minutes would do. */
const HELD = flag('checkout', inStage('canary', 30))
  .replace('percentage: 25,', 'percentage: 25, approvals: 1,')
  .replace('duration: 1d', 'duration: 10m');
const METRICS = metrics({ checkout: 0.002 });

interface Talk {
  readonly shop: Shop;
  readonly issue: number;
}

async function talk(text: string, files: Readonly<Record<string, string>> = {}): Promise<Talk> {
  const shop = await openShop({ [FILE]: text, 'metrics.csv': METRICS, ...files });
  return { shop, issue: shop.repository.openIssue({ title: 'Talk' }) };
}

const textOf = async ({ repository }: Shop): Promise<string> =>
  (await repository.files())[FILE] ?? '';

/** A status with something more in it. */
const withMore = (text: string, more: string): string =>
  text.replace(/^(status: \{.*?)\}/m, `$1, ${more}}`);

/** What a person pushed so many minutes ago: the flag has been in its stage for longer than it must. */
const pushed = (shop: Shop, minutes: number, files: Readonly<Record<string, string | null>>) =>
  earlier(shop, minutes, () => shop.repository.commit({ files }));

/** What ada said so many minutes ago. */
const said = ({ shop, issue }: Talk, minutes: number, words: string) =>
  earlier(shop, minutes, () => shop.say(issue, 'ada', `/rollout ${words}`));

/** What a tick says of the flag, and where it is then. */
async function ticked(shop: Shop): Promise<readonly [why: string, standing: string]> {
  const ran = await shop.tick();
  const { rollouts } = JSON.parse(ran.outputs.result ?? '');
  const { code, why } = rollouts[0].decision;
  return [`${code}: ${why}`, await standing(shop)];
}

const HOLDS = 'progressing canary';
const notCounted = (why: string) => [
  expect.stringMatching(
    new RegExp(
      `^needs-approval: quarter needs an approval of .*, and has 0; .*${why}.* must approve again$`,
    ),
  ),
  HOLDS,
];

describe.concurrent('an approval', () => {
  it('counts where it names a comment that says so', async () => {
    const { shop, issue } = await talk(HELD);
    const ran = await shop.say(issue, 'ada', '/rollout approve checkout it is ready');
    expect([ran.stderr, ran.code]).toEqual(['', 0]);
    const [comment] = shop.repository.comments(issue);
    expect(await textOf(shop)).toMatch(
      new RegExp(`by: ada\\b[^}]*stage: quarter\\b[^}]*comment: ${comment?.id}\\b`),
    );
    expect(await ticked(shop)).toEqual([
      expect.stringMatching(/^dwell-over/),
      'progressing quarter',
    ]);
    expect(await textOf(shop)).not.toContain('comment:');
  });

  it('counts once, and is not asked for twice', async () => {
    const { shop, issue } = await talk(HELD);
    await shop.say(issue, 'ada', '/rollout approve checkout');
    const again = await shop.say(issue, 'ada', '/rollout approve checkout');
    expect(again.stdout).toContain('ada has approved quarter before');
  });

  it.each<readonly [string, string, (talk: Talk, id: number) => Promise<void> | void]>([
    [
      'was edited, though it says the same',
      'its comment was edited',
      ({ shop }, id) => shop.repository.editComment(id, '/rollout approve checkout'),
    ],
    ['is gone', 'its comment is gone', ({ shop }, id) => shop.repository.deleteComment(id)],
    [
      'is by somebody who lost access',
      'ada may not say approve any more \\(it takes write access, and they have read\\)',
      ({ shop }) => shop.repository.setPermission('ada', 'read'),
    ],
    [
      'is by somebody who owns the flag no more',
      'ada may not say approve any more \\(only its owners may',
      async ({ shop }) => {
        const text = (await textOf(shop)).replace("'@ada', ", '');
        await shop.repository.commit({
          files: { [FILE]: text },
          date: Date.now() - 29 * 3_600_000,
        });
      },
    ],
  ])('does not count where its comment %s', async (_, why, happens) => {
    const { shop, issue } = await talk(HELD);
    await said({ shop, issue }, 50, 'approve checkout');
    const [comment] = shop.repository.comments(issue);
    await happens({ shop, issue }, comment?.id ?? 0);
    expect(await ticked(shop)).toEqual(notCounted(why));
  });

  it('counts where its comment was hidden: not a word of it changed', async () => {
    const { shop, issue } = await talk(HELD);
    await shop.say(issue, 'ada', '/rollout approve checkout');
    const [comment] = shop.repository.comments(issue);
    shop.repository.hideComment(comment?.id ?? 0);
    expect((await ticked(shop))[1]).toBe('progressing quarter');
  });

  it.each<readonly [string, string, string, string]>([
    ['somebody else', 'somebody else wrote its comment', 'grace', '/rollout approve checkout'],
    ['a bot', 'a bot wrote its comment', 'helper[bot]', '/rollout approve checkout'],
    ['ada, of another flag', 'does not approve this flag', 'ada', '/rollout approve search'],
    ['ada, who asks', 'does not approve this flag', 'ada', 'Shall we approve checkout?'],
  ])('that a workflow wrote down does not count by a comment of %s', async (_, why, user, body) => {
    const { shop, issue } = await talk(HELD);
    const id = shop.comment(issue, user, body);
    const source = `comment-${id}`;
    await commitAsBot(
      shop,
      claim({ action: 'approve', from: 'canary', to: 'quarter', by: { source } }),
      { [FILE]: withMore(HELD, `approvals: [{by: ada, stage: quarter, comment: ${id}}]`) },
    );
    expect(await ticked(shop)).toEqual(notCounted(why));
  });

  it('that names no comment does not count, though Sluice recorded it', async () => {
    const { shop } = await talk(HELD);
    await commitAsBot(shop, claim({ action: 'approve', from: 'canary', to: 'quarter', by: {} }), {
      [FILE]: withMore(HELD, 'approvals: [{by: ada, stage: quarter}]'),
    });
    expect(await ticked(shop)).toEqual(notCounted('it names no comment'));
  });

  it('that a person pushed does not count, whatever the message says', async () => {
    const { shop, issue } = await talk(HELD);
    const id = shop.comment(issue, 'ada', '/rollout approve checkout');
    const source = `comment-${id}`;
    await shop.repository.commit({
      message: claim({ action: 'approve', from: 'canary', to: 'quarter', by: { source } }),
      author: BOT,
      files: { [FILE]: withMore(HELD, `approvals: [{by: ada, stage: quarter, comment: ${id}}]`) },
    });
    expect(await ticked(shop)).toEqual(notCounted('Sluice did not write it'));
  });

  it('of a new file does not start a flag of high risk', async () => {
    const { shop } = await talk(HELD);
    const text = `${flag('search').replace('stages', 'risk: high\nstages')}status: {phase: pending, approvals: [{by: ada, stage: canary}, {by: bob, stage: canary}]}\n`;
    const path = 'rollouts/search.yaml';
    const number = await shop.repository.openPullRequest({ head: 'new', files: { [path]: text } });
    const review = await shop.review(number);
    expect(review.code).toBe(1);
    expect(review.annotations.map(({ level, message }) => [level, message])).toContainEqual([
      'error',
      expect.stringContaining('`status.approvals` was written by hand'),
    ]);
    await shop.repository.mergePullRequest(number);
    await shop.tick();
    expect((await shop.repository.files())[path]).toBe(text);
  });

  it('of a stage that was moved back by hand does not count', async () => {
    const { shop } = await talk(HELD.replace('stage: canary', 'stage: quarter'));
    const forged = withMore(HELD, 'approvals: [{by: ada, stage: quarter}]');
    const number = await shop.repository.openPullRequest({
      head: 'back',
      files: { [FILE]: forged },
    });
    const review = await shop.review(number);
    expect(review.annotations.map(({ message }) => message).join()).toContain('`status.approvals`');
    await pushed(shop, 40, { [FILE]: forged });
    expect(await ticked(shop)).toEqual(notCounted('Sluice did not write it'));
  });

  it('does not move along with its file', async () => {
    const { shop, issue } = await talk(HELD);
    await said({ shop, issue }, 50, 'approve checkout');
    const text = await textOf(shop);
    await pushed(shop, 40, { [FILE]: null, 'rollouts/production/checkout.yaml': text });
    expect((await ticked(shop))[0]).toContain('Sluice did not write it');
  });

  it('that was used up does not count when it is pasted back', async () => {
    const { shop, issue } = await talk(HELD);
    await said({ shop, issue }, 50, 'approve checkout');
    const approved = await textOf(shop);
    await earlier(shop, 45, () => shop.tick());
    expect(await standing(shop)).toBe('progressing quarter');
    await said({ shop, issue }, 43, 'rollback checkout');
    await pushed(shop, 40, { [FILE]: approved });
    expect(await ticked(shop)).toEqual(notCounted('it was used or taken back before'));
  });

  it('is given again in place of one that somebody wrote into the file', async () => {
    const { shop, issue } = await talk(
      withMore(HELD, 'approvals: [{by: ada, stage: quarter, comment: 7}]'),
    );
    expect(await ticked(shop)).toEqual(notCounted('Sluice did not write it'));
    const ran = await shop.say(issue, 'ada', '/rollout approve checkout');
    expect(ran.stdout).toContain('has all the approvals it needs');
    expect((await ticked(shop))[1]).toBe('progressing quarter');
  });

  it('is not given at a terminal, which has no comment to name', async () => {
    const { shop } = await talk(HELD);
    const { apiUrl, graphqlUrl } = shop.github;
    const env = {
      GITHUB_TOKEN: shop.token,
      GITHUB_API_URL: apiUrl,
      GITHUB_GRAPHQL_URL: graphqlUrl,
    };
    const words = '/rollout approve checkout';
    const args = ['respond', words, '--as', 'ada', '--github', shop.repository.name, '--json'];
    const ran = await sluice('/', args, { env });
    expect(ran.json()).toMatchObject({
      outcome: 'refused',
      text: 'on GitHub an approval counts only if it names the comment that gave it',
    });
    expect(await textOf(shop)).toBe(HELD);
  });

  it('counts on a server that signs nothing, and only there', async () => {
    const { shop, issue } = await talk(HELD);
    await shop.say(issue, 'ada', '/rollout approve checkout');
    shop.repository.stored.signed.clear();
    expect(await ticked(shop)).toEqual(notCounted('Sluice did not write it'));
    await shop.tick({ enterprise: true });
    expect(await standing(shop)).toBe('progressing quarter');
  });

  it('counts though the bot has got another token since', async () => {
    const { shop, issue } = await talk(HELD);
    await shop.say(issue, 'ada', '/rollout approve checkout');
    const { github, repository } = shop;
    const token = github.token({ kind: 'app', repository, login: 'sluice-app[bot]' });
    await shop.tick({ token });
    expect(await standing(shop)).toBe('progressing quarter');
  });

  it('that cannot be looked up holds, and says so', async () => {
    const { shop, issue } = await talk(HELD);
    await shop.say(issue, 'ada', '/rollout approve checkout');
    const match = ({ operation }: Logged): boolean => operation === 'issues/get-comment';
    shop.github.fail({ match, status: 502, times: 100 });
    const ran = await shop.tick();
    expect(ran.code).toBe(1);
    const { failures, rollouts } = JSON.parse(ran.outputs.result ?? '');
    expect(failures).toMatchObject([{ code: 'not-confirmed', subject: 'checkout@production' }]);
    expect(rollouts[0].decision).toMatchObject({
      code: 'unconfirmed',
      why: 'who wrote its status could not be looked up',
    });
    shop.github.calm();
    expect((await ticked(shop))[1]).toBe('progressing quarter');
  });
});

describe.concurrent('a ladder', () => {
  const ladders = (share: number): string =>
    `${CONFIG}ladders: {mine: [{name: canary, percentage: 5, duration: 10m}, {name: quarter, percentage: ${share}, duration: 1d}, {name: full, percentage: 100, duration: 1d}]}\n`;

  /** A flag that a tick started an hour ago, by a ladder whose second stage has that share. */
  async function started(share = 25): Promise<Talk> {
    const pending = flag('checkout').replace(/^stages: .*$/m, 'stages: mine');
    const there = await talk(pending, { '.github/sluice.yml': ladders(share) });
    await earlier(there.shop, 60, () => there.shop.tick());
    return there;
  }

  /** The file as if the flag had been in its stage for long. */
  const aged = async (shop: Shop): Promise<string> =>
    (await textOf(shop)).replace(/since: \S+/, `since: ${ago(30)}`);

  it('that Sluice wrote down lets a flag advance', async () => {
    const { shop } = await started();
    const text = await aged(shop);
    expect(text).toContain('ladder:');
    await pushed(shop, 40, { [FILE]: text });
    expect((await ticked(shop))[1]).toBe('progressing quarter');
  });

  it('that somebody wrote over a change of the config holds, until a person says resume', async () => {
    const { shop, issue } = await started();
    const other = await started(50);
    const [digest = ''] = /ladder: \S+/.exec(await textOf(other.shop)) ?? [];
    const text = (await aged(shop)).replace(/ladder: \S+/, digest);
    await pushed(shop, 40, { [FILE]: text, '.github/sluice.yml': ladders(50) });
    expect(await ticked(shop)).toEqual([
      expect.stringMatching(
        /^ladder-changed: `status.ladder` does not count: Sluice did not write it/,
      ),
      HOLDS,
    ]);
    const resumed = await said({ shop, issue }, 30, 'resume checkout');
    expect(resumed.stdout).toMatch(/^✓ Resume checkout/m);
    await pushed(shop, 20, { [FILE]: await aged(shop) });
    expect((await ticked(shop))[1]).toBe('progressing quarter');
  });
});

describe.concurrent('a commit that says it carried out a comment', () => {
  const LIVE = flag('checkout', inStage('quarter', 30));
  const KILL = '/rollout kill checkout it burns';

  /** The comment is there, and so is a commit that claims to have carried it out, before the run. */
  async function claimed(
    more: Partial<Claim>,
    how: (shop: Shop, message: string) => Promise<unknown>,
  ) {
    const { shop, issue } = await talk(LIVE);
    const id = shop.comment(issue, 'ada', KILL);
    const by = { verb: 'kill', source: `comment-${id}` } as const;
    await how(shop, claim({ action: 'kill', from: 'quarter', to: 'quarter', by, ...more }));
    const ran = await shop.run(await issueCommentEvent(shop.github, shop.repository, id));
    return { shop, ran, issue, id };
  }

  const described = LIVE.replace('# What', '# All that');
  const byHand = (shop: Shop, message: string) =>
    shop.repository.commit({ message, author: BOT, files: { [FILE]: described } });
  const asBot = (text: string) => (shop: Shop, message: string) =>
    commitAsBot(shop, message, { [FILE]: text });

  it.each<readonly [string, Partial<Claim>, (shop: Shop, message: string) => Promise<unknown>]>([
    ['by a person who calls themselves the bot', {}, byHand],
    ['by a workflow, while the file says otherwise', {}, asBot(described)],
    ['of another flag', { key: 'search@production' }, asBot(`kill: true\n${LIVE}`)],
    ['of another action', { action: 'pause' }, asBot(described)],
  ])('%s keeps no kill from being carried out', async (_, more, how) => {
    const { shop, ran } = await claimed(more, how);
    expect(ran.code).toBe(0);
    expect(await textOf(shop)).toMatch(/^kill: true$/m);
  });

  it('is not believed of a flag that somebody set free by hand', async () => {
    const { shop, issue } = await talk(LIVE);
    const id = shop.comment(issue, 'ada', KILL);
    const event = await issueCommentEvent(shop.github, shop.repository, id);
    await shop.run(event);
    await shop.repository.commit({ files: { [FILE]: LIVE } });
    for (const { id: reply, user } of shop.repository.comments(issue)) {
      if (user === BOT) shop.repository.deleteComment(reply);
    }
    await shop.run(event);
    expect(await textOf(shop)).toMatch(/^kill: true$/m);
  });

  const paused = LIVE.replace('phase: progressing', 'phase: paused');
  const pausedByHand = (shop: Shop, message: string): Promise<unknown> =>
    shop.repository.commit({ message, author: BOT, files: { [FILE]: paused } });

  it.each<readonly [string, Partial<Claim>, typeof pausedByHand]>([
    ['a person made it', {}, pausedByHand],
    ['it is of another flag', { key: 'search@production' }, asBot(paused)],
    ['it is of another action', { action: 'resume' }, asBot(paused)],
    [
      'it is older than the comment',
      {},
      (shop, message) => earlier(shop, 30, () => asBot(paused)(shop, message)),
    ],
  ])('is not believed where %s, though the file says so too', async (_, more, how) => {
    const { shop, issue } = await talk(LIVE);
    const id = shop.comment(issue, 'ada', '/rollout pause checkout');
    const by = { verb: 'pause', source: `comment-${id}` } as const;
    await how(shop, claim({ action: 'pause', from: 'quarter', to: 'quarter', by, ...more }));
    const ran = await shop.run(await issueCommentEvent(shop.github, shop.repository, id));
    expect(ran.stdout).not.toContain('An earlier run of the same comment did it');
    expect(ran.stdout).toContain('checkout@production');
  });

  it.each(['rollback', 'pause'] as const)(
    'is not believed of a %s that the file does not show, though a workflow made it',
    async (verb) => {
      const { shop, issue } = await talk(LIVE);
      const id = shop.comment(issue, 'ada', `/rollout ${verb} checkout`);
      const by = { verb, source: `comment-${id}` } as const;
      const message = claim({ action: verb, from: 'quarter', to: 'canary', by });
      await asBot(described)(shop, message);
      const ran = await shop.run(await issueCommentEvent(shop.github, shop.repository, id));
      expect(ran.stdout).not.toContain('An earlier run of the same comment did it');
      expect(await textOf(shop)).toMatch(/phase: (?:rolled-back|paused)/);
    },
  );

  it.each(['kill', 'rollback', 'pause'])('is believed where Sluice made it: %s', async (verb) => {
    const { shop, issue } = await talk(LIVE);
    const id = shop.comment(issue, 'ada', `/rollout ${verb} checkout`);
    const event = await issueCommentEvent(shop.github, shop.repository, id);
    await shop.run(event);
    const after = await textOf(shop);
    for (const { id: reply, user } of shop.repository.comments(issue)) {
      if (user === BOT) shop.repository.deleteComment(reply);
    }
    const again = await shop.run(event);
    expect(again.stdout).toContain('An earlier run of the same comment did it');
    expect(await textOf(shop)).toBe(after);
    expect(await shop.repository.commits()).toHaveLength(2);
  });

  it('is believed of a kill that a person took back by a command since', async () => {
    const { shop, issue } = await talk(LIVE);
    const id = shop.comment(issue, 'ada', KILL);
    const event = await issueCommentEvent(shop.github, shop.repository, id);
    await shop.run(event);
    await shop.say(issue, 'ada', '/rollout unkill checkout');
    for (const { id: reply, user } of shop.repository.comments(issue)) {
      if (user === BOT) shop.repository.deleteComment(reply);
    }
    const again = await shop.run(event);
    expect(again.stdout).toContain('An earlier run of the same comment did it');
    expect(await textOf(shop)).not.toContain('kill: true');
  });

  it('is not asked about for ever: a kill does without the answer', async () => {
    const { shop, issue } = await talk(LIVE);
    const match = ({ body }: Logged): boolean => JSON.stringify(body ?? '').includes('history(');
    shop.github.fail({ match, status: 502, times: 100 });
    await shop.say(issue, 'ada', KILL);
    expect(await textOf(shop)).toMatch(/^kill: true$/m);
  });
});
