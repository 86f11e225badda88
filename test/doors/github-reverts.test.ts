import { afterEach, describe, expect, it } from 'vitest';
import {
  earlier,
  FILE,
  openIncident,
  standing,
  subjects,
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

afterEach(closeShops);

const TARGET = 'flags/exposures.json';
const WAITS = withRollback('{auto_merge: false}');
const reverts = async ({ repository }: Shop): Promise<readonly string[]> =>
  (await repository.branches()).filter((name) => name.startsWith('rollout/'));

/** Rows of a flag with too many errors, to be put below one head. */
const tooMany = (name: string): string =>
  metrics({ [name]: 0.05 })
    .split('\n')
    .slice(1)
    .join('\n');

describe('a breach', () => {
  it('opens one revert that says what happened, why, and what to do', async () => {
    const shop = await openIncident({
      config: WAITS.replace('limits: {max: 1%}', 'limits: {max: 1%}, for: 10m'),
    });
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision, ran.outputs.changed]).toEqual([0, 'rollback', 'true']);
    const [pull] = shop.repository.pulls();
    expect(pull).toMatchObject({
      title: 'Roll back checkout@production to canary',
      state: 'open',
      user: 'github-actions[bot]',
      base: 'main',
      labels: ['sluice-revert'],
      reviewers: ['ada'],
      teamReviewers: ['payments'],
    });
    expect(JSON.parse(ran.outputs['pull-requests'] ?? '')).toEqual([
      expect.stringMatching(/\/acme\/shop\/pull\/1$/),
    ]);
    expect(pull?.body).toContain('takes `checkout@production` from `quarter` back to `canary`');
    expect(pull?.body).toContain('| `errors` | ❌ **breach** | 5 % | 1 % (max) |');
    expect(pull?.body).toContain('```mermaid\nxychart-beta');
    expect(pull?.body).toContain('`errors checkout on`');
    expect(pull?.body).toContain('- Merge this to go back now. If it is still open after 15m');
    expect(pull?.body).toContain('`/rollout resume checkout@production`');
    expect(ran.summary).toContain('1 revert to merge or close');
    expect(ran.summary).toContain('**Not done yet.**');
    expect(ran.annotations).toContainEqual(
      expect.objectContaining({ level: 'warning', message: expect.stringContaining('errors') }),
    );
    // Nothing moved yet, and merging moves just that flag.
    expect(await standing(shop)).toBe('progressing quarter');
    const before = (await shop.repository.files())[FILE] ?? '';
    const after = (await shop.repository.files(pull?.head))[FILE] ?? '';
    expect(after.replace(/^status.*$/m, '')).toBe(before.replace(/^status.*$/m, ''));
    expect(after).toMatch(/phase: rolled-back, stage: canary/);
  });

  it('opens no second one, and keeps the first up to date', async () => {
    const shop = await openIncident({ config: WAITS });
    await shop.tick();
    const again = await shop.tick();
    expect([again.code, again.outputs.decision]).toEqual([0, 'hold']);
    expect(again.outputs['pull-requests']).toContain('/pull/1');
    expect(again.summary).toContain('Reverts that wait for people');
    expect(shop.repository.pulls()).toHaveLength(1);
    expect(shop.repository.pull(1).body).toContain('| 5 % |');

    await shop.repository.commit({ files: { 'metrics.csv': metrics({ checkout: 0.08 }) } });
    await shop.tick();
    expect(shop.repository.pull(1).body).toContain('| 8 % |');
    shop.github.clearLog();
    await shop.tick();
    expect(shop.github.writes()).toEqual([]);
  });

  it('is committed at once where the risk is high, in few requests', async () => {
    const shop = await openIncident({ more: 'risk: high\n' });
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision]).toEqual([0, 'rollback']);
    expect(await standing(shop)).toBe('rolled-back canary');
    expect(await subjects(shop)).toEqual(['Roll back checkout@production to canary']);
    expect(shop.repository.pulls()).toEqual([]);
    const moved = shop.github.requests.findIndex(({ writes }) => writes);
    expect(moved).toBeLessThan(10);
  });

  it('opens the pull request within ten requests', async () => {
    const shop = await openIncident();
    await shop.tick();
    const opened = shop.github.requests.findIndex(({ operation }) => operation === 'pulls/create');
    expect(opened + 1).toBeLessThanOrEqual(10);
  });

  it('serves the fallback where the check asks for that', async () => {
    const shop = await openIncident({
      more: 'risk: high\nvariants: {"on": 1, "off": 0, simple: 2}\nfallback: simple\n',
      checks: '{metric: errors, on_breach: degrade}',
    });
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision]).toEqual([0, 'degrade']);
    expect(await standing(shop)).toBe('degraded quarter');
  });

  it('only pauses where it is a warning, and says so', async () => {
    const shop = await openIncident({
      config: CONFIG.replace('limits: {max: 1%}', 'limits: {max: 10%}, warn: {max: 1%}'),
    });
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision]).toEqual([0, 'pause']);
    expect(await standing(shop)).toBe('paused quarter');
    expect(ran.summary).toContain('## Sluice: Pause checkout');
    expect(ran.annotations.map(({ level }) => level)).toContain('warning');
  });

  it('of three flags at once pauses those that are not worse than their control', async () => {
    const names = ['a', 'b', 'c'];
    const rows = names.map(tooMany);
    const shop = await openShop({
      '.github/sluice.yml': WAITS,
      'metrics.csv': `time,series,value\n${rows.join('').replaceAll(/(errors [ab] off),0.001/g, '$1,0.05')}`,
      ...Object.fromEntries(
        names.map((name) => [`rollouts/${name}.yaml`, flag(name, inStage('quarter', 3))]),
      ),
    });
    const ran = await shop.tick();
    expect(ran.code).toBe(0);
    expect(await standing(shop, 'rollouts/a.yaml')).toBe('paused quarter');
    expect(await standing(shop, 'rollouts/b.yaml')).toBe('paused quarter');
    expect(shop.repository.pulls().map(({ title }) => title)).toEqual([
      'Roll back c@production to canary',
    ]);
    expect(await subjects(shop)).toEqual(['Pause a and b']);
  });
});

describe('a revert that GitHub gives no answer to', () => {
  it('keeps no other flag from its own, and is opened by the next tick', async () => {
    const shop = await openShop({
      '.github/sluice.yml': WAITS,
      'metrics.csv': `time,series,value\n${tooMany('a')}${tooMany('b')}`,
      'rollouts/a.yaml': flag('a', inStage('quarter', 3)),
      'rollouts/b.yaml': flag('b', inStage('quarter', 3)),
    });
    // As often as it is tried for one flag.
    shop.github.fail({ match: 'git/create-ref', status: 502, times: 5 });
    const ran = await shop.tick();
    expect(ran.code).toBe(1);
    expect(ran.outputs.result).toContain('proposal-failed');
    expect(ran.summary).toContain('`a@production`');
    const titles = () => shop.repository.pulls().map(({ title }) => title);
    expect(titles()).toEqual(['Roll back b@production to canary']);
    expect((await shop.tick()).code).toBe(0);
    expect(titles()).toContain('Roll back a@production to canary');
  });

  it('and would have merged by itself is committed instead', async () => {
    const shop = await openIncident();
    shop.github.fail({ match: 'pulls/create', status: 502, times: Number.POSITIVE_INFINITY });
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision]).toEqual([1, 'rollback']);
    expect(ran.outputs.result).toContain('proposal-failed');
    expect(await standing(shop)).toBe('rolled-back canary');
    expect(await subjects(shop)).toEqual(['Roll back checkout@production to canary']);
  });
});

describe('auto-merge', () => {
  it('merges at once where nothing is required; the next tick tidies up', async () => {
    const shop = await openIncident();
    const ran = await shop.tick();
    expect([ran.code, ran.outputs['pull-requests']]).toEqual([0, '[]']);
    expect(ran.log).toContain('merged at once');
    expect(shop.repository.pull(1)).toMatchObject({ merged: true, labels: ['sluice-revert'] });
    expect(await standing(shop)).toBe('rolled-back canary');
    await shop.tick();
    expect(await reverts(shop)).toEqual([]);
    expect(shop.repository.pulls()).toHaveLength(1);
    shop.github.clearLog();
    await shop.tick();
    expect(shop.github.count()).toBeLessThanOrEqual(2);
  });

  it('waits for required checks, and no longer', async () => {
    const shop = await openIncident({
      settings: { allowAutoMerge: true },
      protection: { requiredChecks: ['test'] },
    });
    await shop.tick();
    expect(shop.repository.pull(1)).toMatchObject({ state: 'open', autoMerge: 'merge' });
    await shop.repository.passChecks(1);
    expect(shop.repository.pull(1).merged).toBe(true);
    expect(await standing(shop)).toBe('rolled-back canary');
  });

  it('squashes where that is what the repository allows, and keeps the trailer', async () => {
    const shop = await openIncident({ settings: { mergeMethods: ['squash'] } });
    const ran = await shop.tick();
    expect([ran.code, ran.outputs['pull-requests']]).toEqual([0, '[]']);
    expect(shop.repository.pull(1).merged).toBe(true);
    const merged = (await shop.repository.commits()).find(({ message }) =>
      message.startsWith('Roll back checkout@production to canary (#1)\n'),
    );
    expect(merged?.parents).toHaveLength(1);
    expect(merged?.message).toMatch(/^Rollout: checkout@production rollback quarter->canary /m);
    expect(await standing(shop)).toBe('rolled-back canary');
    const next = await shop.tick();
    expect([next.code, next.outputs.decision]).toEqual([0, 'none']);
  });

  it('waits for required checks to squash', async () => {
    const shop = await openIncident({
      settings: { allowAutoMerge: true, mergeMethods: ['squash', 'rebase'] },
      protection: { requiredChecks: ['test'] },
    });
    await shop.tick();
    expect(shop.repository.pull(1)).toMatchObject({ state: 'open', autoMerge: 'squash' });
    await shop.repository.passChecks(1);
    const [head] = await shop.repository.commits();
    expect(head?.message).toMatch(/^Rollout: checkout@production rollback quarter->canary /m);
  });

  it('is tried again by each tick where the repository does not allow it', async () => {
    const shop = await openIncident({ protection: { requiredChecks: ['test'] } });
    const ran = await shop.tick();
    expect(ran.annotations.map(({ message }) => message).join()).toContain(
      'Settings → General → Allow auto-merge',
    );
    expect(shop.repository.pull(1).state).toBe('open');
    await shop.repository.passChecks(1);
    await shop.tick();
    expect(shop.repository.pull(1).merged).toBe(true);
  });

  it('leaves alone what a person has added to', async () => {
    const shop = await openIncident({ protection: { requiredChecks: ['test'] } });
    await shop.tick();
    const { head } = shop.repository.pull(1);
    await shop.repository.commit({ branch: head, files: { 'notes.md': 'wait' }, author: 'grace' });
    await shop.repository.passChecks(1);
    await shop.tick();
    expect(shop.repository.pull(1)).toMatchObject({ state: 'open', autoMerge: undefined });
  });
});

describe('a revert that waits', () => {
  it('takes the flag back when a person merges it', async () => {
    const shop = await openIncident({ config: WAITS });
    await shop.tick();
    await shop.repository.mergePullRequest(1);
    expect(await standing(shop)).toBe('rolled-back canary');
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision]).toEqual([0, 'none']);
    expect(await reverts(shop)).toEqual([]);
    expect(shop.repository.pulls()).toHaveLength(1);
  });

  it('that was merged and then undone by a person holds the flag: they have seen it', async () => {
    const shop = await openIncident({ config: WAITS });
    await shop.tick();
    const before = await shop.repository.files();
    await shop.repository.mergePullRequest(1);
    await shop.repository.commit({
      files: { [FILE]: before[FILE] ?? '', [TARGET]: before[TARGET] ?? '' },
      message: 'Revert "Roll back checkout@production to canary"',
    });
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision, ran.outputs.changed]).toEqual([0, 'hold', 'false']);
    expect(await standing(shop)).toBe('progressing quarter');
    expect(shop.repository.pulls()).toHaveLength(1);
  });

  it('that a person closed holds the flag, also when its branch is gone', async () => {
    const shop = await openIncident({ config: WAITS });
    await shop.tick();
    const { head } = shop.repository.pull(1);
    shop.repository.closePullRequest(1);
    const held = await shop.tick();
    expect([held.code, held.outputs.decision]).toEqual([0, 'hold']);
    expect(held.log).toContain('ada closed the revert of this entry unmerged');
    await shop.repository.setBranch(head, undefined);
    const again = await shop.tick();
    expect(again.outputs.decision).toBe('hold');
    expect(shop.repository.pulls()).toHaveLength(1);
    expect(await reverts(shop)).toEqual([]);
    expect(await standing(shop)).toBe('progressing quarter');
  });

  it('that nobody answers is committed, and closed', async () => {
    const shop = await openIncident({ config: WAITS });
    await earlier(shop, 20, () => shop.tick());
    expect(await standing(shop)).toBe('progressing quarter');
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision]).toEqual([0, 'rollback']);
    expect(await standing(shop)).toBe('rolled-back canary');
    expect(shop.repository.pull(1)).toMatchObject({ state: 'closed', merged: false });
    expect(shop.repository.pull(1).body).toContain(
      'Closed by Sluice: checkout@production was taken back meanwhile.',
    );
    expect(await reverts(shop)).toEqual([]);
  });

  it('waits for ever where the config says never', async () => {
    const shop = await openIncident({
      config: withRollback('{auto_merge: false, commit_after: never}'),
    });
    await earlier(shop, 600, () => shop.tick());
    await shop.tick();
    expect(await standing(shop)).toBe('progressing quarter');
    expect(shop.repository.pull(1).body).toContain('It waits for as long as it takes.');
  });

  it('whose stage a person ended is closed, and says why', async () => {
    const shop = await openIncident({ config: WAITS });
    await shop.tick();
    const text = flag('checkout', inStage('canary', 0));
    await shop.repository.commit({
      files: { [FILE]: text, 'metrics.csv': metrics({ checkout: 0.001 }) },
      message: 'Back to canary by hand',
    });
    await shop.tick();
    expect(shop.repository.pull(1).state).toBe('closed');
    expect(shop.repository.pull(1).body).toMatch(
      /Closed by Sluice: the stage it would end is over; checkout@production is progressing in canary since/,
    );
    expect(await reverts(shop)).toEqual([]);
  });

  it('with a commit of a person on it is closed, and its branch kept', async () => {
    const shop = await openIncident({ config: WAITS });
    await shop.tick();
    const { head } = shop.repository.pull(1);
    await shop.repository.commit({ branch: head, files: { 'notes.md': 'mine' }, author: 'grace' });
    await shop.repository.commit({
      files: { [FILE]: flag('checkout', inStage('canary', 0)) },
      message: 'Back to canary by hand',
    });
    await shop.tick();
    expect(shop.repository.pull(1).state).toBe('closed');
    expect(await reverts(shop)).toEqual([head]);
  });

  it('is not merged by itself where somebody wrote its commit in the name of the bot', async () => {
    const shop = await openIncident({});
    const text = (await shop.repository.files())[FILE] ?? '';
    const since = /since: ([^,}]+)/.exec(text)?.[1]?.replace(/[-:]/g, '');
    await shop.repository.commit({
      branch: `rollout/revert/checkout/quarter-${since}`,
      files: { 'evil.sh': 'rm -rf /' },
      author: 'github-actions[bot]',
      message: 'Roll back checkout@production to canary\n\nRollout: checkout@production',
    });
    await shop.tick();
    expect(shop.repository.pulls()).toMatchObject([
      { merged: true, head: `rollout/revert/checkout/quarter-${since}.2` },
    ]);
    expect(await shop.repository.files()).not.toHaveProperty('evil.sh');
  });

  it('is not taken for one that a stranger opened from a fork', async () => {
    const shop = await openIncident({ config: WAITS });
    await shop.tick();
    const { head } = shop.repository.pull(1);
    shop.repository.closePullRequest(1);
    await shop.repository.openPullRequest({ head, user: 'mallory', fork: true, files: { x: '1' } });
    const ran = await shop.tick();
    expect(ran.log).toContain('ada closed the revert of this entry unmerged');
  });
});
