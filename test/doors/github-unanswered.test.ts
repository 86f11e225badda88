import { afterEach, describe, expect, it } from 'vitest';
import type { Ran } from '../github/runner.ts';
import { FILE, openIncident, standing, subjects, withRollback } from '../support/incident.ts';
import { closeShops, flag, inStage, metrics, openShop, type Shop } from '../support/shop.ts';

afterEach(closeShops);

const COMMIT = 'graphql/createCommitOnBranch';
const WHEN = ['before', 'after'] as const;

const open = (status: string, errors = 0.002): Promise<Shop> =>
  openShop({ [FILE]: flag('checkout', status), 'metrics.csv': metrics({ checkout: errors }) });

const errors = ({ annotations }: Ran): string =>
  annotations
    .filter(({ level }) => level === 'error')
    .map(({ message }) => message)
    .join('\n');

/** What the bot replied last on an issue. */
const replied = ({ repository }: Shop, issue: number): string =>
  repository.comments(issue).at(-1)?.body ?? '';

describe('a commit that GitHub answers with an error of no type', () => {
  it.each(
    (['kill', 'rollback'] as const).flatMap((verb) => WHEN.map((when) => [verb, when] as const)),
  )('/rollout %s is carried out once (%s it is made), and said to be done', async (verb, when) => {
    const shop = await open(inStage('quarter', 30));
    const issue = shop.repository.openIssue({ title: 'Talk' });
    shop.github.wentWrong({ match: COMMIT, when });
    const ran = await shop.say(issue, 'ada', `/rollout ${verb} checkout`);
    expect([ran.stderr, ran.code]).toEqual(['', 0]);
    const file = (await shop.repository.files())[FILE];
    expect(file).toMatch(verb === 'kill' ? /^kill: true$/m : /phase: rolled-back, stage: canary/);
    expect(await subjects(shop)).toHaveLength(1);
    expect(replied(shop, issue)).toContain('🚀 **Done');
    expect(ran.outputs['commit-sha']).toBe(await shop.repository.head());
  });

  it.each(WHEN)('a bump is made once (%s it is made), and reported', async (when) => {
    const shop = await open(inStage('canary', 30));
    shop.github.wentWrong({ match: COMMIT, when });
    const ran = await shop.tick();
    expect([ran.code, errors(ran), await standing(shop)]).toEqual([0, '', 'progressing quarter']);
    expect(await subjects(shop)).toHaveLength(1);
    expect(ran.outputs).toMatchObject({
      changed: 'true',
      decision: 'advance',
      'commit-sha': await shop.repository.head(),
    });
  });

  it.each(WHEN)('a revert is opened and merged once (%s it is made)', async (when) => {
    const shop = await openIncident();
    shop.github.wentWrong({ match: COMMIT, when });
    const ran = await shop.tick();
    expect([ran.code, errors(ran), await standing(shop)]).toEqual([0, '', 'rolled-back canary']);
    expect(shop.repository.pulls()).toHaveLength(1);
  });
});

describe('a commit that GitHub never answers', () => {
  it('has a kill carried out by a pull request', async () => {
    const shop = await open(inStage('quarter', 30));
    const issue = shop.repository.openIssue({ title: 'Talk' });
    shop.github.wentWrong({ match: COMMIT, times: 3 });
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout');
    expect(ran.code).toBe(0);
    expect((await shop.repository.files())[FILE]).toMatch(/^kill: true$/m);
    expect(replied(shop, issue)).toContain('🚀 **Done: kill');
  });

  it('has a kill offered where nobody merges by themselves, and no rule is blamed', async () => {
    const shop = await open(inStage('quarter', 30));
    const config = withRollback('{auto_merge: false}');
    await shop.repository.commit({ files: { '.github/sluice.yml': config } });
    const issue = shop.repository.openIssue({ title: 'Talk' });
    shop.github.wentWrong({ match: COMMIT, times: 3 });
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout');
    expect(ran.code).toBe(1);
    const reply = replied(shop, issue);
    expect(reply).toContain('offered and not done yet');
    expect(reply).toContain('it is not known whether main took the commit');
    expect(reply).not.toMatch(/Rulesets/);
    await shop.repository.mergePullRequest(shop.repository.pulls()[0]?.number ?? 0);
    expect((await shop.repository.files())[FILE]).toMatch(/^kill: true$/m);
  });

  it('nor a pull request, still answers the person, and a second run kills', async () => {
    const shop = await open(inStage('quarter', 30));
    const issue = shop.repository.openIssue({ title: 'Talk' });
    shop.github.wentWrong({ match: COMMIT, times: 3 });
    shop.github.fail({ match: 'git/create-ref', status: 502, times: 9 });
    const ran = await shop.say(issue, 'ada', '/rollout kill checkout');
    expect(ran.code).toBe(1);
    expect(replied(shop, issue)).toMatch(/^<!-- sluice:reply:\d+ failed -->/);
    shop.github.calm();
    await shop.say(issue, 'ada', '/rollout kill checkout');
    expect((await shop.repository.files())[FILE]).toMatch(/^kill: true$/m);
    expect(await subjects(shop)).toHaveLength(1);
  });

  it('leaves a rollback offered as a pull request, and the next tick ends the same', async () => {
    const shop = await openIncident({ more: 'risk: high\n' });
    shop.github.wentWrong({ match: COMMIT, times: 3 });
    const ran = await shop.tick();
    expect(ran.code).toBe(1);
    expect(errors(ran)).toContain('it is not known whether main took the commit');
    expect(errors(ran)).not.toContain('Rulesets');
    expect(await standing(shop)).toBe('rolled-back canary');
    expect(shop.repository.pulls()).toHaveLength(1);
    expect((await shop.tick()).code).toBe(0);
    expect(await standing(shop)).toBe('rolled-back canary');
  });

  it('leaves a bump for the next tick', async () => {
    const shop = await open(inStage('canary', 30));
    shop.github.wentWrong({ match: COMMIT, times: 3 });
    const ran = await shop.tick();
    expect([ran.code, await standing(shop)]).toEqual([1, 'progressing canary']);
    const { failures } = JSON.parse(ran.outputs.result ?? '');
    expect(failures).toMatchObject([{ code: 'commit-unanswered', subject: 'checkout@production' }]);
    expect((await shop.tick()).code).toBe(0);
    expect(await standing(shop)).toBe('progressing quarter');
  });
});

describe('a pull request that GitHub fails to open', () => {
  it('is opened in the same run', async () => {
    const shop = await openIncident({ config: withRollback('{auto_merge: false}') });
    shop.github.fail({ match: 'pulls/create', status: 500, times: 2 });
    const ran = await shop.tick();
    expect([ran.code, errors(ran)]).toEqual([0, '']);
    expect(shop.repository.pulls()).toHaveLength(1);
  });

  it('is merged in the same run, if somebody else was quicker with the base', async () => {
    const shop = await openIncident();
    shop.github.fail({
      match: 'pulls/merge',
      status: 405,
      body: { message: 'Base branch was modified. Review and try the merge again.' },
    });
    const ran = await shop.tick();
    expect([ran.code, await standing(shop)]).toEqual([0, 'rolled-back canary']);
    expect(shop.github.count('pulls/merge')).toBe(2);
  });
});

it('every request to REST says which version of the API it is written for', async () => {
  const shop = await openIncident();
  const issue = shop.repository.openIssue({ title: 'Talk' });
  await shop.tick();
  await shop.say(issue, 'ada', '/rollout kill checkout');
  const rest = shop.github.requests.filter(({ operation }) => !operation.startsWith('graphql/'));
  expect(rest.length).toBeGreaterThan(5);
  expect(rest.filter(({ version }) => version !== '2022-11-28')).toEqual([]);
});

it('an edit that came by two pull requests has its stage begin with the second merge', async () => {
  const shop = await open(inStage('canary', 30));
  const { github, repository } = shop;
  const HOUR = 3_600_000;
  const edited = (await repository.files())[FILE]?.replace('duration: 1d', 'duration: 2h') ?? '';
  await repository.setBranch('dev', await repository.head());
  const date = Date.now() - 20 * HOUR;
  await repository.commit({ branch: 'feature', files: { [FILE]: edited }, date });
  github.now = Date.now() - 10 * HOUR;
  await repository.mergePullRequest(
    await repository.openPullRequest({ head: 'feature', base: 'dev' }),
  );
  github.now = Date.now() - HOUR;
  await repository.mergePullRequest(await repository.openPullRequest({ head: 'dev' }));
  github.now = undefined;
  const ran = await shop.tick();
  expect([ran.code, await standing(shop)]).toEqual([0, 'progressing canary']);
  expect(ran.summary).toMatch(/in canary for at least 2h/);
});
