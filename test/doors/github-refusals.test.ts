import { afterEach, describe, expect, it } from 'vitest';
import { readTrailers } from '../../src/tell/commit.ts';
import type { Ran } from '../github/runner.ts';
import type { Protection } from '../github/state/model.ts';
import type { Logged } from '../github/traffic.ts';
import { FILE, openIncident, standing, withRollback } from '../support/incident.ts';
import { closeShops, flag, inStage, metrics, openShop, type Shop } from '../support/shop.ts';

afterEach(closeShops);

const WAITS = withRollback('{auto_merge: false}');
const TARGET = { 'flags/exposures.json': '{}' };

const errors = ({ annotations }: Ran): string =>
  annotations
    .filter(({ level }) => level === 'error')
    .map(({ message }) => message)
    .join('\n');

/** A healthy flag whose time in its stage is over. */
const ripe = (protection: readonly Protection[] = []): Promise<Shop> =>
  openShop(
    {
      ...TARGET,
      [FILE]: flag('checkout', inStage('canary', 30)),
      'metrics.csv': metrics({ checkout: 0.002 }),
    },
    { protection },
  );

describe('a protected branch', () => {
  it.each(['classic', 'ruleset'] as const)(
    'that takes no bump (%s) fails loudly, with the setting to change',
    async (kind) => {
      const shop = await ripe([{ kind, requirePullRequest: true }]);
      const ran = await shop.tick();
      expect([ran.code, ran.outputs.changed]).toEqual([1, 'false']);
      expect(errors(ran)).toContain('Changes must be made through a pull request');
      expect(errors(ran)).toContain('Settings → Rules → Rulesets → Bypass list');
      expect(ran.summary).toContain('### What was not done');
      expect(ran.summary).not.toContain('## Sluice: Advance');
      expect(await standing(shop)).toBe('progressing canary');
      expect(shop.repository.pulls()).toEqual([]);
    },
  );

  it('is not said to have taken a kill switch, unless it did', async () => {
    const shop = await openShop({
      ...TARGET,
      [FILE]: flag('checkout', inStage('canary', 3)),
      // Ripe, but for its metrics.
      'rollouts/search.yaml': flag('search', inStage('canary', 30)),
      'metrics.csv': metrics({ checkout: 0.002 }),
    });
    expect((await shop.tick()).code).toBe(0);
    const broken = `kill: true\nrsik: low\n${flag('checkout', inStage('canary', 3))}`;
    await shop.repository.commit({ files: { [FILE]: broken } });
    shop.repository.protect({ requirePullRequest: true });
    const ran = await shop.tick();
    expect(ran.code).toBe(1);
    expect(errors(ran)).toContain(
      'its kill switch may not be obeyed yet: the branch did not take what was compiled',
    );
    shop.repository.unprotect();
    await shop.tick();
    shop.repository.protect({ requirePullRequest: true });
    await shop.repository.commit({ files: { 'metrics.csv': metrics({ search: 0.002 }) } });
    const later = await shop.tick();
    expect(errors(later)).toContain('search@production: main did not take the commit');
    expect(later.summary).toContain('its kill switch is obeyed');
  });

  it('takes the commits of an app that may bypass the rule', async () => {
    const shop = await ripe([{ requirePullRequest: true, bypass: ['sluice-app[bot]'] }]);
    const token = shop.github.token({ kind: 'app', repository: shop.repository });
    const ran = await shop.tick({ token });
    expect([ran.code, await standing(shop)]).toEqual([0, 'progressing quarter']);
  });

  it('that takes no rollback gets a pull request instead, and says so', async () => {
    const shop = await openIncident({
      more: 'risk: high\n',
      protection: { requiredApprovals: 1 },
    });
    const ran = await shop.tick();
    expect(ran.code).toBe(1);
    expect(errors(ran)).toContain('main did not take the commit');
    expect(shop.repository.pulls()).toMatchObject([
      { title: 'Roll back checkout@production to canary', state: 'open' },
    ]);
    expect(ran.outputs['pull-requests']).toContain('/pull/1');
    expect(ran.summary).toContain('**Not done yet.**');
    await shop.repository.approve(1, 'grace');
    await shop.tick();
    expect(await standing(shop)).toBe('rolled-back canary');
    expect(shop.repository.pulls()).toHaveLength(1);
  });

  it('is named once for all flags that did not move', async () => {
    const shop = await openShop(
      {
        ...TARGET,
        [FILE]: flag('checkout', inStage('canary', 30)),
        'rollouts/search.yaml': flag('search', inStage('canary', 30)),
        'metrics.csv': metrics({ checkout: 0.002, search: 0.002 }),
      },
      { protection: { requirePullRequest: true } },
    );
    const said = errors(await shop.tick());
    expect(said).toContain('checkout@production, search@production: main did not take the commit');
    expect(said.match(/did not take the commit/g)).toHaveLength(1);
  });
});

describe('a token that may not open pull requests', () => {
  const closed = { settings: { allowActionsToCreatePullRequests: false } };
  const SETTING = 'Settings → Actions → General → Workflow permissions';

  it('rolls back by a commit, and names the setting', async () => {
    const shop = await openIncident({ config: WAITS, ...closed });
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision]).toEqual([1, 'rollback']);
    expect(await standing(shop)).toBe('rolled-back canary');
    expect(errors(ran)).toContain(SETTING);
    expect(shop.repository.issues()).toEqual([]);
    // Nothing is left behind.
    expect((await shop.tick()).code).toBe(0);
    expect(await shop.repository.branches()).toEqual(['main']);
  });

  it('nor make its branch rolls back by a commit too', async () => {
    const shop = await openIncident({
      config: WAITS,
      protection: { branch: 'rollout/*', restrictCreation: true },
    });
    const ran = await shop.tick();
    expect([ran.code, await standing(shop)]).toEqual([1, 'rolled-back canary']);
    expect(errors(ran)).toContain('Cannot create ref due to creations being restricted');
  });

  it('and nor commit opens one issue that says what a person has to do', async () => {
    const shop = await openIncident({
      config: WAITS,
      ...closed,
      protection: { requirePullRequest: true },
    });
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.changed]).toEqual([1, 'false']);
    expect(await standing(shop)).toBe('progressing quarter');
    const [issue] = shop.repository.issues();
    expect(issue).toMatchObject({
      title: 'Sluice could not do this: Roll back checkout@production to canary',
      user: 'github-actions[bot]',
      state: 'open',
    });
    expect(issue?.body).toContain('People are still exposed to `checkout@production`');
    expect(issue?.body).toContain('set `kill: true` at the top of `rollouts/checkout.yaml`');
    expect(issue?.body).toContain('Workflow permissions');
    expect(issue?.body).toContain('Bypass list');
    expect(issue?.body).toContain('❌ **breach**');
    expect(ran.summary).toContain('**A person has to act:');
    expect((await shop.tick()).code).toBe(1);
    expect(shop.repository.issues()).toHaveLength(1);
  });

  it('believes no issue that somebody else wrote', async () => {
    const shop = await openIncident({
      config: WAITS,
      ...closed,
      protection: { requirePullRequest: true },
    });
    await shop.tick();
    const [issue] = shop.repository.issues();
    const other = await openIncident({
      config: WAITS,
      ...closed,
      protection: { requirePullRequest: true },
    });
    other.repository.openIssue({
      title: 'Nothing to see',
      body: issue?.body ?? '',
      user: 'mallory',
      labels: ['sluice-alarm'],
    });
    await other.tick();
    expect(other.repository.issues()).toHaveLength(2);
  });
});

describe('a token that only reads', () => {
  it('moves nothing and says which permission is missing', async () => {
    const shop = await ripe();
    const token = shop.github.token({
      kind: 'actions',
      repository: shop.repository,
      permissions: { contents: 'read', pull_requests: 'read' },
    });
    const ran = await shop.tick({ token });
    expect(ran.code).toBe(1);
    expect(errors(ran)).toContain('permissions: contents: write');
    expect(await standing(shop)).toBe('progressing canary');
  });

  it('cannot open an issue about a rollback either, and says that too', async () => {
    const shop = await openIncident({ config: WAITS });
    const token = shop.github.token({
      kind: 'actions',
      repository: shop.repository,
      permissions: { contents: 'read', pull_requests: 'read', issues: 'read' },
    });
    const ran = await shop.tick({ token });
    expect(ran.code).toBe(1);
    expect(errors(ran)).toContain('permissions: contents: write');
    expect(ran.annotations.map(({ message }) => message).join('\n')).toContain(
      'permissions: issues: write',
    );
  });
});

describe('a limit on requests', () => {
  it('that is used up fails with words', async () => {
    const shop = await ripe();
    shop.github.exhaust(shop.token);
    const ran = await shop.tick();
    expect(ran.code).toBe(1);
    expect(errors(ran)).toContain('API rate limit exceeded');
    expect(errors(ran)).toContain('Too many requests were made with this token');
    expect(ran.outputs).toMatchObject({ decision: 'none', changed: 'false' });
    expect(shop.github.count()).toBe(1);
  });

  it('on how quickly they come is waited for', async () => {
    const shop = await ripe();
    shop.github.secondaryLimit({ match: 'graphql/createCommitOnBranch', retryAfter: 1 });
    const ran = await shop.tick();
    expect([ran.code, await standing(shop)]).toEqual([0, 'progressing quarter']);
    expect(shop.github.count('graphql/createCommitOnBranch')).toBe(2);
  });

  it('that would take too long to wait for is not waited for', async () => {
    const shop = await ripe();
    shop.github.secondaryLimit({ retryAfter: 3600 });
    const ran = await shop.tick();
    expect(ran.code).toBe(1);
    expect(errors(ran)).toContain('secondary rate limit');
    expect(ran.durationMs).toBeLessThan(10_000);
  });
});

describe('GitHub having a bad day', () => {
  it('a repository that the token cannot see is named, with what to do', async () => {
    const shop = await ripe();
    const ran = await shop.tick({ env: { GITHUB_REPOSITORY: 'acme/elsewhere' } });
    expect(ran.code).toBe(1);
    expect(errors(ran)).toContain(
      "Could not resolve to a Repository with the name 'acme/elsewhere'",
    );
    expect(errors(ran)).toContain('the token cannot see it');
  });

  it('a token that is wrong is named', async () => {
    const shop = await ripe();
    const ran = await shop.tick({ token: 'ghs_wrong', checkout: 'none' });
    expect(ran.code).toBe(1);
    expect(errors(ran)).toContain('The token is wrong or has expired');
  });

  it('errors of GraphQL that stay are shown', async () => {
    const shop = await ripe();
    const body = { data: null, errors: [{ message: 'Something went wrong on our side' }] };
    shop.github.fail({ status: 200, body, times: Number.POSITIVE_INFINITY });
    const ran = await shop.tick();
    expect([ran.code, errors(ran)]).toEqual([
      1,
      expect.stringContaining('Something went wrong on our side'),
    ]);
  });

  it('a read that failed is asked again', async () => {
    const shop = await ripe();
    shop.github.fail({ status: 502, nth: 2 });
    const ran = await shop.tick();
    expect([ran.code, await standing(shop)]).toEqual([0, 'progressing quarter']);
  });

  it('a question that takes GitHub too long is asked in smaller parts', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `flag-${i}`);
    const shop = await openShop({
      ...TARGET,
      ...Object.fromEntries(
        names.map((name) => [`rollouts/${name}.yaml`, flag(name, inStage('canary', 30))]),
      ),
      'metrics.csv': metrics(Object.fromEntries(names.map((name) => [name, 0.002]))),
    });
    const histories = ({ body }: Logged): number =>
      JSON.stringify(body).match(/: history\(/g)?.length ?? 0;
    const failed: number[] = [];
    shop.github.wentWrong({
      match: (request) => histories(request) > 15 && failed.push(histories(request)) > 0,
      times: Number.POSITIVE_INFINITY,
    });
    const ran = await shop.tick();
    expect([ran.stderr, ran.code]).toEqual(['', 0]);
    const [commit] = await shop.repository.commits();
    expect(readTrailers(commit?.message ?? '')).toHaveLength(names.length);
    expect(failed).toEqual([40, 20]);
  });

  it('reads that keep failing end the run, and nothing was written', async () => {
    const shop = await ripe();
    shop.github.fail({ status: 502, times: Number.POSITIVE_INFINITY });
    const ran = await shop.tick();
    expect(ran.code).toBe(1);
    expect(errors(ran)).toContain('githubstatus.com');
    expect(shop.github.writes()).toEqual([]);
  });

  it('a pull request that got no answer is not opened again', async () => {
    const shop = await openIncident({ config: WAITS });
    shop.github.cut({ match: 'pulls/create', when: 'after' });
    expect((await shop.tick()).code).toBe(0);
    expect(shop.github.count('pulls/create')).toBe(1);
    expect(shop.repository.pulls()).toHaveLength(1);
  });

  it('an issue that got no answer is not opened again', async () => {
    const shop = await openIncident({
      config: WAITS,
      settings: { allowActionsToCreatePullRequests: false },
      protection: { requirePullRequest: true },
    });
    shop.github.cut({ match: 'issues/create', when: 'after' });
    await shop.tick();
    await shop.tick();
    expect(shop.repository.issues()).toHaveLength(1);
  });

  it('an owner who cannot be asked does not keep the others from being asked', async () => {
    const shop = await openIncident({ config: WAITS });
    shop.repository.stored.roles.delete('ada');
    const ran = await shop.tick();
    expect(ran.code).toBe(0);
    expect(shop.repository.pull(1)).toMatchObject({
      reviewers: [],
      teamReviewers: ['payments'],
      labels: ['sluice-revert'],
    });
    expect(ran.annotations.map(({ message }) => message).join('\n')).toContain(
      'ada could not be asked for a review',
    );
  });
});
