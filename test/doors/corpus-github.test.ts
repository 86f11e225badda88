import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { expectCalmAction, expectInert } from '../corpus/clean.ts';
import { MADE } from '../corpus/made.ts';
import { rowsOf } from '../corpus/table.ts';
import { scheduleEvent } from '../github/events.ts';
import { CONFIG, closeShops, flag, inStage, metrics, openShop } from '../support/shop.ts';

afterAll(closeShops);

const BOT = 'github-actions[bot]';
const FILE = 'rollouts/checkout.yaml';
const GOOD = flag('checkout', undefined, 'expires: 2099-01-01\n');

/** What the config of the other tests of these files has, with metrics that they name. */
const WITH_METRICS = CONFIG.replace(
  'policy:',
  "  by-team: {unit: ratio, query: 'errors {{labels.team}}', limits: {max: 1%}}\npolicy:",
);

describe.concurrent('a pull request', () => {
  it('of every hostile rollout is reviewed in one comment in which nothing is alive', async () => {
    const rows = rowsOf('rollouts').filter(({ says }) => !/^(?:fine|warns)/.test(says));
    const odd = MADE.filter(({ says }) => says === 'bad-value 1:7');
    const shop = await openShop({ '.github/sluice.yml': WITH_METRICS, [FILE]: GOOD });
    const { repository } = shop;
    const number = await repository.openPullRequest({
      head: 'evil',
      title: '::error::x <!-- sluice:review --> @acme/everyone',
      files: {
        ...Object.fromEntries(
          rows.map(({ file, bytes }) => [`rollouts/${file}`, bytes.toString('utf8')] as const),
        ),
        ...Object.fromEntries(odd.map(({ path }) => [path, 'flag: <b>@ada</b>\n'] as const)),
      },
    });
    const head = await repository.head();
    const ran = await shop.review(number);
    expect(ran.code).toBe(1);
    expectCalmAction(ran, 'review');
    const { problems } = JSON.parse(ran.outputs.result ?? '') as {
      problems: readonly { file: string; code: string; line: number; column: number }[];
    };
    for (const { file, says } of rows) {
      const own = problems.filter((problem) => problem.file === `rollouts/${file}`);
      expect(own.map(({ code, line, column }) => `${code} ${line}:${column}`)).toContain(says);
    }
    expect(ran.annotations.filter(({ level }) => level === 'error')).toHaveLength(10);
    expectInert(ran.summary, 'summary');
    const [comment, ...more] = repository.comments(number);
    expect([comment?.user, more]).toEqual([BOT, []]);
    expectInert((comment?.body ?? '').replace(/^<!-- sluice:review -->\n/, ''), 'comment');
    expect(comment?.body.length).toBeLessThanOrEqual(65_536);
    expect(await repository.head()).toBe(head);
  });

  it('brings a config that cannot make its review slow, or its policy looser', async () => {
    const shop = await openShop({ [FILE]: GOOD });
    const number = await shop.repository.openPullRequest({
      head: 'slow',
      files: {
        '.github/sluice.yml': `rollouts: 'rollouts/(a+)+b.yaml'\n${CONFIG}`,
        [`rollouts/${'a'.repeat(100)}.yaml`]: GOOD,
      },
    });
    const ran = await shop.review(number);
    expectCalmAction(ran, 'slow');
    expect(ran.code).toBe(1);
    expect(ran.annotations[0]?.properties).toMatchObject({ file: '.github/sluice.yml', line: '1' });
    expect(ran.durationMs).toBeLessThan(20_000);
  });

  it('cannot write an approval into a status', async () => {
    const status = inStage('canary', 3);
    const shop = await openShop({ [FILE]: flag('checkout', status) });
    const forged = status.replace('}', ', approvals: [{by: ada, stage: quarter}]}');
    const files = { [FILE]: flag('checkout', forged) };
    const number = await shop.repository.openPullRequest({ head: 'approved', files });
    const ran = await shop.review(number);
    expectCalmAction(ran, 'approvals');
    expect(ran.annotations.map(({ properties, message }) => [properties.title, message])).toEqual([
      [
        'Sluice: status-written-by-hand',
        expect.stringContaining('`status.approvals` was written by hand'),
      ],
    ]);
    expect(ran.code).toBe(1);
  });
});

/** Names of branches that somebody may push, or send from a fork. */
const BRANCHES: readonly string[] = [
  '$(touch,owned)',
  '`id`',
  'x;id',
  'x|id',
  'x&&id',
  '--upload-pack=id',
  '%0Aerror%3A%3Aforged',
  '##error-forged',
  '<!--sluice-review-->',
  '@acme/everyone',
  'refs/heads/main',
  'HEAD',
  '"quoted"',
  "'quoted'",
  'ev\u202eil',
  'zero\u200bwidth',
  '🚀',
  'a'.repeat(200),
  'rollout/command/checkout/kill-comment-1',
  'rollout/declined/checkout/quarter',
];

describe.concurrent('a branch name', () => {
  it('is a name and nothing else, whoever made it up', async () => {
    const live = inStage('quarter', 30);
    const shop = await openShop({
      [FILE]: flag('checkout', live),
      'metrics.csv': metrics({ checkout: 0.002 }),
    });
    const { repository, github } = shop;
    await shop.tick();
    github.clearLog();
    const numbers: number[] = [];
    for (const head of BRANCHES) {
      const files = { [FILE]: flag('checkout', live.replace('quarter', 'full')) };
      numbers.push(await repository.openPullRequest({ head, files, user: 'mallory', fork: true }));
    }
    const token = github.token({ kind: 'fork', repository });
    // One after the other a few: each goes the same way.
    for (const number of numbers.slice(0, 8)) {
      const ran = await shop.review(number, { token });
      expectCalmAction(ran, `pull request ${number}`);
      expect(ran.annotations.map(({ properties }) => properties.title)).toEqual([
        'Sluice: status-written-by-hand',
      ]);
    }
    expect(github.writes()).toEqual([]);
    const head = await repository.head();
    const ticked = await shop.tick();
    expectCalmAction(ticked, 'tick');
    expect([ticked.code, ticked.outputs['pull-requests']]).toEqual([0, '[]']);
    expect(github.writes()).toEqual([]);
    expect(await repository.head()).toBe(head);
  });

  it('of a revert, from a fork, neither stops the revert nor is it merged or closed', async () => {
    const status = inStage('quarter', 30);
    const since = /since: (\S+),/.exec(status)?.[1]?.replace(/[-:]/g, '');
    const name = `rollout/revert/checkout/quarter-${since}`;
    const shop = await openShop({
      [FILE]: flag('checkout', status),
      'metrics.csv': metrics({ checkout: 0.2 }),
    });
    const { repository } = shop;
    const files = { [FILE]: flag('checkout', inStage('full', 300)) };
    const forged = await repository.openPullRequest({
      head: name,
      files,
      user: 'mallory',
      fork: true,
    });
    const ran = await shop.tick();
    expectCalmAction(ran, 'tick');
    const [own] = repository.pulls().filter(({ number }) => number !== forged);
    expect(own).toMatchObject({ head: name, user: BOT });
    // Nothing protects the branch, so that the bot's own is merged at once.
    expect((await repository.files())[FILE]).toMatch(/phase: rolled-back, stage: canary/);
    expect(repository.pull(forged)).toMatchObject({ state: 'open', user: 'mallory' });
    expect(repository.comments(forged)).toEqual([]);
  });
});

describe.concurrent('an event', () => {
  const rows = rowsOf('events').map((row) => [row.file, row.is, row.says, row] as const);
  it.each(rows)('%s, %s: %s', async (_, __, says, { file, bytes, event = '' }) => {
    const shop = await sharedShop();
    const { github, repository } = shop;
    const folder = await mkdtemp(join(tmpdir(), 'sluice-event-'));
    try {
      const path = join(folder, 'event.json');
      await writeFile(path, bytes);
      const trigger = await scheduleEvent(github, repository);
      const ran = await shop.run(
        { ...trigger, event },
        { env: { GITHUB_EVENT_PATH: path }, checkout: 'none' },
      );
      expectCalmAction(ran, file);
      if (says === 'usage') {
        expect(ran.code).toBe(2);
        expect(ran.annotations).toMatchObject([{ properties: { title: 'Sluice: bad-usage' } }]);
      } else {
        expect([ran.code, ran.annotations]).toEqual([0, []]);
        expect(ran.log).toMatch(/^Nothing to do: \S/m);
      }
      expect(ran.outputs).toMatchObject({ decision: 'none', changed: 'false' });
      expect(await readFile(path)).toEqual(bytes);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('none of them asked GitHub anything', async () => {
    const { github } = await sharedShop();
    expect(github.requests).toEqual([]);
  });
});

let shared: ReturnType<typeof openShop> | undefined;

/** Nobody who reads an event only to ignore it says anything to GitHub: one serves all. */
function sharedShop(): ReturnType<typeof openShop> {
  shared ??= openShop({ [FILE]: GOOD });
  return shared;
}
