import { afterAll, describe, expect, it } from 'vitest';
import { readTrailers } from '../../src/tell/commit.ts';
import { issueCommentEvent } from '../github/events.ts';
import type { Ran } from '../github/runner.ts';
import { FILE, standing } from '../support/incident.ts';
import { closeShops, flag, inStage, metrics, openShop, type Shop } from '../support/shop.ts';

afterAll(closeShops);

const COMMIT = 'graphql/createCommitOnBranch';
const BOT = 'github-actions[bot]';

interface Talk {
  readonly shop: Shop;
  readonly issue: number;
}

/** A shop with one flag, and an issue to talk on. */
async function talkAbout(text: string, errors = 0.002): Promise<Talk> {
  const shop = await openShop({ [FILE]: text, 'metrics.csv': metrics({ checkout: errors }) });
  return { shop, issue: shop.repository.openIssue({ title: 'Talk' }) };
}

/** A comment that is said now, and the runs that obey it later. */
async function said({ shop, issue }: Talk, body: string, user = 'ada') {
  const id = shop.comment(issue, user, `/rollout ${body}`);
  const event = await issueCommentEvent(shop.github, shop.repository, id);
  return (): Promise<Ran> => shop.run(event);
}

/** The outcomes that the bot's replies carry, in the order of the comments they answer. */
function outcomes({ shop, issue }: Talk): readonly string[] {
  return shop.repository
    .comments(issue)
    .filter(({ user }) => user === BOT)
    .map(({ body }) => /^<!-- sluice:reply:(\d+) (\w+)/.exec(body) ?? [])
    .sort(([, a], [, b]) => Number(a) - Number(b))
    .map(([, , outcome]) => outcome ?? '?');
}

const replies = ({ shop, issue }: Talk): readonly string[] =>
  shop.repository
    .comments(issue)
    .filter(({ user }) => user === BOT)
    .map(({ body }) => body);

/** What was done to the flag, oldest first. */
async function moves({ shop }: Talk): Promise<readonly string[]> {
  const commits = await shop.repository.commits();
  return commits
    .toReversed()
    .flatMap(({ message }) => readTrailers(message))
    .map(({ action, from, to }) => `${action} ${from}->${to}`);
}

/** Lets runs go until each is about to commit, and then all at once. */
async function atOnce({ shop }: Talk, ...runs: readonly (() => Promise<Ran>)[]) {
  const barrier = shop.github.barrier(COMMIT);
  const running = runs.map((run) => run());
  await barrier.meets(running);
  return (await Promise.all(running)).map(({ code }) => code);
}

/** Runs one while another has read everything and is about to commit. */
async function during(
  { shop }: Talk,
  slow: () => Promise<Ran>,
  quick: () => Promise<unknown>,
): Promise<Ran> {
  shop.github.on(COMMIT, async () => {
    await quick();
  });
  return slow();
}

const ripe = () => flag('checkout', inStage('canary', 30));
const inQuarter = (phase?: string) => flag('checkout', inStage('quarter', 30, phase));
const needing = (text: string, stage: number) =>
  text.replace(`percentage: ${stage},`, `percentage: ${stage}, approvals: 1,`);

describe.concurrent('one comment that is delivered twice at once', () => {
  it.each(['rollback', 'pause', 'kill', 'promote'])(
    '%s: is obeyed once and answered once',
    async (verb) => {
      const talk = await talkAbout(verb === 'promote' ? ripe() : inQuarter());
      const run = await said(talk, `${verb} checkout`);
      expect(await atOnce(talk, run, run)).toEqual([0, 0]);
      expect(await moves(talk)).toHaveLength(1);
      expect(replies(talk)).toHaveLength(1);
      expect(outcomes(talk)).toEqual(['done']);
    },
  );

  it('and refused, is answered once', async () => {
    const talk = await talkAbout(inQuarter());
    const run = await said(talk, 'rolback checkout');
    const barrier = talk.shop.github.barrier('issues/create-comment');
    const running = [run(), run()];
    await barrier.meets(running);
    await Promise.all(running);
    expect(outcomes(talk)).toEqual(['refused']);
  });
});

describe.concurrent('a command and a tick at once', () => {
  it.each(['tick first', 'command first'])('kill and a bump: it is off (%s)', async (order) => {
    const talk = await talkAbout(ripe());
    const kill = await said(talk, 'kill checkout');
    const ran = await (order === 'tick first'
      ? during(talk, kill, () => talk.shop.tick())
      : during(talk, () => talk.shop.tick(), kill));
    expect(ran.code).toBe(0);
    expect((await talk.shop.repository.files())[FILE]).toContain('kill: true');
    expect(await moves(talk)).toEqual(
      order === 'tick first'
        ? ['advance canary->quarter', 'kill quarter->quarter']
        : ['kill canary->canary'],
    );
  });

  it.each(['tick first', 'command first'])('pause and a bump: it is paused (%s)', async (order) => {
    const talk = await talkAbout(ripe());
    const pause = await said(talk, 'pause checkout');
    await (order === 'tick first'
      ? during(talk, pause, () => talk.shop.tick())
      : during(talk, () => talk.shop.tick(), pause));
    expect(await standing(talk.shop)).toBe(
      order === 'tick first' ? 'paused quarter' : 'paused canary',
    );
  });

  it('rollback and a bump: nobody stays exposed whom the person wanted out', async () => {
    const talk = await talkAbout(ripe());
    const rollback = await said(talk, 'rollback checkout');
    await during(talk, rollback, () => talk.shop.tick());
    expect(await moves(talk)).toEqual(['advance canary->quarter', 'rollback quarter->off']);
    expect(outcomes(talk)).toEqual(['done']);
  });

  it('rollback and the rollback of a tick: one stage back', async () => {
    const talk = await talkAbout(flag('checkout', inStage('quarter', 30), 'risk: high\n'), 0.05);
    const rollback = await said(talk, 'rollback checkout');
    await during(talk, rollback, () => talk.shop.tick());
    expect(await moves(talk)).toEqual(['rollback quarter->canary']);
    expect(outcomes(talk)).toEqual(['done']);
  });

  it('resume and the rollback of a tick: what nobody has seen is not resumed', async () => {
    const talk = await talkAbout(
      flag('checkout', inStage('quarter', 30, 'paused'), 'risk: high\n'),
      0.05,
    );
    const resume = await said(talk, 'resume checkout');
    await during(talk, resume, () => talk.shop.tick());
    expect(await moves(talk)).toEqual(['rollback quarter->canary']);
    expect([await standing(talk.shop), outcomes(talk)]).toEqual([
      'rolled-back canary',
      ['refused'],
    ]);
  });

  it('resume that was said before the rollback of a tick does not undo it either', async () => {
    const talk = await talkAbout(
      flag('checkout', inStage('quarter', 30, 'paused'), 'risk: high\n'),
      0.05,
    );
    talk.shop.github.now = Date.now() - 60_000;
    const resume = await said(talk, 'resume checkout');
    talk.shop.github.now = undefined;
    await talk.shop.tick();
    await resume();
    expect([await standing(talk.shop), outcomes(talk)]).toEqual([
      'rolled-back canary',
      ['refused'],
    ]);
  });
});

describe.concurrent('a command that tidies up', () => {
  it('does not close the revert of an entry that began after it', async () => {
    const talk = await talkAbout(inQuarter(), 0.05);
    const { github, repository } = talk.shop;
    const pause = await said(talk, 'pause checkout');
    github.on(
      ({ body }) => JSON.stringify(body ?? '').includes('refPrefix'),
      async () => {
        const again = flag('checkout', inStage('quarter', 2), 'rollback: {auto_merge: false}\n');
        await repository.commit({ files: { [FILE]: again }, date: Date.now() - 2 * 3_600_000 });
        await talk.shop.tick();
      },
    );
    await pause();
    expect(repository.pulls()).toMatchObject([{ state: 'open' }]);
  });
});

describe.concurrent('two commands at once', () => {
  it('two people say rollback: one stage back', async () => {
    const talk = await talkAbout(inQuarter());
    const runs = [
      await said(talk, 'rollback checkout'),
      await said(talk, 'rollback checkout', 'grace'),
    ];
    expect(await atOnce(talk, ...runs)).toEqual([0, 0]);
    expect(await moves(talk)).toEqual(['rollback quarter->canary']);
    expect(outcomes(talk)).toEqual(['done', 'done']);
  });

  it('pause and kill: both', async () => {
    const talk = await talkAbout(inQuarter());
    const runs = [await said(talk, 'pause checkout'), await said(talk, 'kill checkout', 'grace')];
    expect(await atOnce(talk, ...runs)).toEqual([0, 0]);
    const text = (await talk.shop.repository.files())[FILE];
    expect(text).toContain('phase: paused');
    expect(text).toContain('kill: true');
  });

  it('two approve, one is enough: the stage after is not approved', async () => {
    const talk = await talkAbout(needing(needing(ripe(), 25), 100));
    const runs = [await said(talk, 'approve checkout'), await said(talk, 'approve checkout')];
    const [first, second] = runs;
    await during(talk, second ?? (() => talk.shop.tick()), async () => {
      await first?.();
      await talk.shop.tick();
    });
    expect(await moves(talk)).toEqual(['approve canary->quarter', 'advance canary->quarter']);
    expect((await talk.shop.repository.files())[FILE]).not.toContain('approvals: [');
    expect(outcomes(talk)).toEqual(['done', 'refused']);
  });

  it('an approval that comes late is for the stage that was meant', async () => {
    const talk = await talkAbout(needing(ripe(), 100));
    talk.shop.github.now = Date.now() - 60_000;
    const approve = await said(talk, 'approve checkout');
    talk.shop.github.now = undefined;
    await talk.shop.tick();
    await approve();
    expect(outcomes(talk)).toEqual(['refused']);
    expect(await moves(talk)).toEqual(['advance canary->quarter']);
  });
});
