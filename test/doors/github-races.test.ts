import { afterEach, describe, expect, it } from 'vitest';
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
    await barrier.arrived(2);
    barrier.release();
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
      await barrier.arrived(2).finally(barrier.release);
      const codes = (await Promise.all(runs)).map(({ code }) => code);
      expect(codes).toEqual([0, 0]);
      expect(shop.repository.pulls()).toMatchObject([{ merged: true, labels: ['sluice-revert'] }]);
      expect(await standing(shop)).toBe('rolled-back canary');
      expect((await shop.tick()).code).toBe(0);
      expect(await shop.repository.branches()).toEqual(['main']);
    },
  );
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

describe('a branch that is shown as it was a moment ago', () => {
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
