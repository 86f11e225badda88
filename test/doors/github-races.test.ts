import { afterEach, describe, expect, it } from 'vitest';
import type { Ran } from '../github/runner.ts';
import { FILE, openIncident, standing, subjects, withRollback } from '../support/incident.ts';
import { closeShops, flag, inStage, metrics, openShop, type Shop } from '../support/shop.ts';

afterEach(closeShops);

const COMMIT = 'graphql/createCommitOnBranch';

const ripe = (): Promise<Shop> =>
  openShop({
    [FILE]: flag('checkout', inStage('canary', 30)),
    'metrics.csv': metrics({ checkout: 0.002 }),
  });

describe('two ticks at once', () => {
  it('make one bump', async () => {
    const shop = await ripe();
    const barrier = shop.github.barrier(COMMIT);
    const runs = [shop.tick(), shop.tick()];
    await barrier.meets(runs);
    const codes = (await Promise.all(runs)).map(({ code }) => code);
    expect([codes, await subjects(shop)]).toEqual([
      [0, 0],
      ['Advance checkout@production to quarter'],
    ]);
  });

  it.each(['git/create-ref', COMMIT, 'pulls/create', 'pulls/merge'])(
    'make one revert, wherever they meet (%s)',
    async (operation) => {
      const shop = await openIncident();
      const barrier = shop.github.barrier(operation);
      const runs = [shop.tick(), shop.tick()];
      await barrier.meets(runs);
      const codes = (await Promise.all(runs)).map(({ code }) => code);
      expect(codes).toEqual([0, 0]);
      expect(shop.repository.pulls()).toMatchObject([{ merged: true, labels: ['sluice-revert'] }]);
      expect(await standing(shop)).toBe('rolled-back canary');
      expect((await shop.tick()).code).toBe(0);
      expect(await shop.repository.branches()).toEqual(['main']);
    },
  );
});

describe('a branch of a revert that another run makes and deletes again', () => {
  it('between our making it and our looking for it: the revert is opened', async () => {
    const shop = await openIncident({ config: withRollback('{auto_merge: false}') });
    let branch = '';
    shop.github.on('git/create-ref', async ({ body }) => {
      branch = (body as { ref: string }).ref.replace('refs/heads/', '');
      await shop.repository.setBranch(branch, await shop.repository.head());
    });
    shop.github.on('git/get-ref', () => shop.repository.setBranch(branch, undefined));
    expect((await shop.tick()).code).toBe(0);
    expect(shop.repository.pulls()).toMatchObject([{ state: 'open', head: branch }]);
  });
});

describe('eight at once', () => {
  const eight = (run: () => Promise<Ran>) =>
    Promise.all(Array.from({ length: 8 }, () => run())).then((runs) => [
      ...new Set(runs.map(({ code }) => code)),
    ]);

  it('ticks make one bump', async () => {
    const shop = await ripe();
    expect(await eight(shop.tick)).toEqual([0]);
    expect(await subjects(shop)).toEqual(['Advance checkout@production to quarter']);
  });

  it('ticks open one revert', async () => {
    const shop = await openIncident({ config: withRollback('{auto_merge: false}') });
    expect(await eight(shop.tick)).toEqual([0]);
    expect(shop.repository.pulls()).toMatchObject([{ state: 'open', labels: ['sluice-revert'] }]);
    const [{ headSha = '' } = {}] = shop.repository.pulls();
    expect(await shop.repository.git('rev-list', '--count', `main..${headSha}`)).toBe('1');
  });

  it('ticks commit one rollback', async () => {
    const shop = await openIncident({ more: 'risk: high\n' });
    expect(await eight(shop.tick)).toEqual([0]);
    expect(await subjects(shop)).toEqual(['Roll back checkout@production to canary']);
  });

  it('compilations make one commit', async () => {
    const shop = await openShop({ [FILE]: flag('checkout', inStage('quarter', 3)) });
    const before = (await shop.repository.head()) ?? '';
    expect(await eight(() => shop.push({ before }))).toEqual([0]);
    expect(await subjects(shop)).toEqual(['Compile targets']);
  });

  it('ticks leave one alarm that is open, and later ones find it', async () => {
    const shop = await openIncident({
      config: withRollback('{auto_merge: false}'),
      settings: { allowActionsToCreatePullRequests: false },
      protection: { requirePullRequest: true },
    });
    const barrier = shop.github.barrier('issues/create');
    const runs = [shop.tick(), shop.tick(), shop.tick()];
    await barrier.meets(runs);
    const summaries = (await Promise.all(runs)).map(({ summary }) => summary);
    const open = shop.repository.issues().filter(({ state }) => state === 'open');
    expect(open).toHaveLength(1);
    const count = shop.repository.issues().length;
    summaries.push((await shop.tick()).summary);
    expect(shop.repository.issues()).toHaveLength(count);
    for (const summary of summaries) expect(summary).toContain(`/issues/${open[0]?.number}`);
  });
});

describe('a person who is quicker', () => {
  it('and pauses the flag between our read and our write has their way', async () => {
    const shop = await ripe();
    shop.github.on(COMMIT, async () => {
      await shop.repository.commit({
        files: { [FILE]: flag('checkout', inStage('canary', 30, 'paused')) },
        message: 'Pause it',
      });
    });
    const ran = await shop.tick();
    expect([ran.code, ran.outputs.decision]).toEqual([0, 'none']);
    expect(await standing(shop)).toBe('paused canary');
    expect(await subjects(shop)).toEqual(['Pause it', 'Compile targets']);
  });

  it('and pushes other things between every read and write holds up nothing', async () => {
    const shop = await ripe();
    let pushes = 0;
    shop.github.on(
      COMMIT,
      async () => {
        pushes += 1;
        await shop.repository.commit({ files: { 'src/app.ts': `// ${pushes}\n` } });
      },
      { times: 5 },
    );
    const ran = await shop.tick();
    expect([ran.code, await standing(shop)]).toEqual([0, 'progressing quarter']);
    expect((await shop.repository.files())['src/app.ts']).toBe('// 5\n');
  });
});

describe('a branch that goes away under a tick', () => {
  it('because it was renamed: the next tick goes on where the flags are now', async () => {
    const shop = await ripe();
    shop.github.on(COMMIT, async () => {
      const { stored } = shop.repository;
      await shop.repository.setBranch('trunk', await shop.repository.head());
      stored.defaultBranch = 'trunk';
      await shop.repository.setBranch('main', undefined);
    });
    const ran = await shop.tick();
    expect(ran.code).toBe(1);
    expect(ran.annotations.map(({ message }) => message).join()).toContain(
      'the branch main is gone',
    );
    expect(shop.repository.issues()).toEqual([]);
    expect((await shop.tick()).code).toBe(0);
    expect(await standing(shop)).toBe('progressing quarter');
  });

  it('in the middle of a rollback: nobody is alarmed, and the next tick rolls back', async () => {
    const shop = await openIncident({ more: 'risk: high\n' });
    shop.github.on(COMMIT, async () => {
      const { stored } = shop.repository;
      await shop.repository.setBranch('trunk', await shop.repository.head());
      stored.defaultBranch = 'trunk';
      await shop.repository.setBranch('main', undefined);
    });
    expect((await shop.tick()).code).toBe(1);
    expect([shop.repository.issues(), shop.repository.pulls()]).toEqual([[], []]);
    expect((await shop.tick()).code).toBe(0);
    expect(await standing(shop)).toBe('rolled-back canary');
    expect(await shop.repository.branches()).toEqual(['trunk']);
  });

  it('because it was set back: dropped commits do not come back', async () => {
    const shop = await ripe();
    const old = (await shop.repository.head()) ?? '';
    await shop.repository.commit({ files: { 'src/secret.ts': 'oops' }, message: 'Oops' });
    shop.github.on(COMMIT, () => shop.repository.setBranch('main', old));
    expect((await shop.tick()).code).toBe(0);
    expect(await subjects(shop)).toEqual(['Advance checkout@production to quarter']);
    expect(await shop.repository.files()).not.toHaveProperty('src/secret.ts');
  });
});

describe('a branch that is shown as it was a moment ago', () => {
  it('and is not where it was, is looked at again until it shows', async () => {
    const shop = await ripe();
    shop.repository.lagReads(3);
    shop.github.on(COMMIT, async () => {
      await shop.repository.commit({ files: { 'src/app.ts': '// busy' } });
    });
    const ran = await shop.tick();
    expect([ran.code, await standing(shop)]).toEqual([0, 'progressing quarter']);
  });

  it('with a pull request that cannot be seen yet, keeps its branch', async () => {
    const shop = await openIncident({ config: withRollback('{auto_merge: false}') });
    // Another run has just opened it, and this one is told so before it can see it.
    shop.github.on('pulls/create', async ({ body }) => {
      const { head, title } = body as { head: string; title: string };
      await shop.repository.openPullRequest({ head, title, user: 'github-actions[bot]' });
    });
    shop.github.fail({
      match: ({ operation, body }) =>
        operation.startsWith('graphql/') && JSON.stringify(body).includes('p0: pullRequests'),
      nth: 2,
      status: 200,
      body: { data: { repository: { p0: { totalCount: 0, nodes: [] } } } },
    });
    await shop.tick();
    expect(shop.repository.pulls()).toMatchObject([{ state: 'open' }]);
    expect((await shop.tick()).code).toBe(0);
    expect(shop.repository.pulls()).toMatchObject([{ state: 'open' }]);
  });

  it('does not make a second commit', async () => {
    const shop = await ripe();
    shop.repository.lagReads(2);
    shop.github.cut({ match: COMMIT, when: 'after' });
    expect((await shop.tick()).code).toBe(0);
    shop.repository.lagReads(0);
    await shop.tick();
    expect(await subjects(shop)).toEqual(['Advance checkout@production to quarter']);
  });

  it('does not open a second revert', async () => {
    const shop = await openIncident({ config: withRollback('{auto_merge: false}') });
    shop.repository.lagReads(2);
    await Promise.all([shop.tick(), shop.tick()]);
    await shop.tick();
    expect(shop.repository.pulls()).toHaveLength(1);
    expect(await standing(shop)).toBe('progressing quarter');
  });
});
