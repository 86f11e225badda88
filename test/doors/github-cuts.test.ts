import pLimit from 'p-limit';
import { afterAll, describe, expect, it } from 'vitest';
import type { Ran } from '../github/runner.ts';
import { earlier, FILE, openIncident, withRollback } from '../support/incident.ts';
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

/** So many runs at a time: they mostly wait. */
const AT_ONCE = 4;
/** The run that is cut off, the next one, and after a write one more that should find nothing to do. */
const RUNS = 3;

interface Flow {
  readonly name: string;
  /** A repository in which the next run has this work to do. */
  readonly open: () => Promise<Shop>;
  readonly run: (shop: Shop) => Promise<Ran>;
}

const WAITS = withRollback('{auto_merge: false}');
const tick = (shop: Shop): Promise<Ran> => shop.tick();
const compile = async (shop: Shop): Promise<Ran> =>
  shop.push({ before: (await shop.repository.head()) ?? '' });

const FLOWS: readonly Flow[] = [
  {
    name: 'a bump',
    open: () =>
      openShop({
        [FILE]: flag('checkout', inStage('canary', 30)),
        'metrics.csv': metrics({ checkout: 0.002 }),
      }),
    run: tick,
  },
  {
    name: 'a rollback by commit',
    open: () => openIncident({ more: 'risk: high\n' }),
    run: tick,
  },
  {
    name: 'a revert by pull request that merges at once',
    open: async () => {
      const shop = await openIncident();
      // The targets stand, so that the revert takes them back with the flag.
      await compile(shop);
      return shop;
    },
    run: tick,
  },
  {
    name: 'a revert by pull request that waits for checks',
    open: () =>
      openIncident({
        // A branch that asks for checks takes no compiled target either.
        config: CONFIG.replace(/^targets.*$/m, ''),
        settings: { allowAutoMerge: true },
        protection: { requiredChecks: ['test'] },
      }),
    run: tick,
  },
  {
    name: 'a revert that is withdrawn',
    open: async () => {
      const shop = await openIncident({ config: WAITS });
      await shop.tick();
      await shop.repository.commit({
        files: {
          [FILE]: flag('checkout', inStage('canary', 1)),
          'metrics.csv': metrics({ checkout: 0.001 }),
        },
        message: 'Back to canary by hand',
      });
      return shop;
    },
    run: tick,
  },
  {
    name: 'a revert that nobody answered, committed and closed',
    open: async () => {
      const shop = await openIncident({ config: WAITS });
      await earlier(shop, 20, () => shop.tick());
      return shop;
    },
    run: tick,
  },
  {
    name: 'the branch of a merged revert that is tidied away',
    open: async () => {
      const shop = await openIncident();
      await shop.tick();
      return shop;
    },
    run: tick,
  },
  {
    name: 'a compilation after a push',
    open: () => openShop({ [FILE]: flag('checkout', inStage('quarter', 3)) }),
    run: compile,
  },
];

/** Everything that people and other programs can see, without the times in it. */
async function endOf({ repository }: Shop): Promise<unknown> {
  const seen = {
    files: withoutRecords(await repository.files()),
    commits: (await repository.commits()).map(({ message, author }) => [message, author]),
    branches: await repository.branches(),
    pulls: repository.pulls().map(({ headSha: _, mergeCommit: __, ...pull }) => pull),
    issues: repository.issues(),
    comments: repository.pulls().map(({ number }) => repository.comments(number)),
  };
  return JSON.parse(
    JSON.stringify(seen)
      .replace(/sha256:[0-9a-f]{64}/g, '<digest>')
      .replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, '<time>')
      .replace(/\d{8}T\d{6}Z/g, '<time>')
      .replace(/\d\d:\d\d/g, '<time>'),
  );
}

afterAll(closeShops);

describe('cut off at any request, before it arrives or before its answer does', () => {
  const limit = pLimit(AT_ONCE);

  it.each(FLOWS)('$name, ends as if nothing had happened', async ({ name, open, run }) => {
    const undisturbed = await open();
    undisturbed.github.clearLog();
    expect((await run(undisturbed)).code).toBe(0);
    const requests = [...undisturbed.github.requests];
    for (let more = 1; more < RUNS; more += 1) await run(undisturbed);
    const expected = await endOf(undisturbed);

    // What every tick reads first is cut in the first flow alone; and whether a read got lost on
    // its way there or back is the same to everybody.
    const from = name === FLOWS[0]?.name ? 0 : requests.findIndex(({ writes }) => writes);
    const cuts = requests.slice(from).flatMap(({ operation, writes }, index) =>
      (writes ? (['before', 'after'] as const) : (['after'] as const)).map((when) => ({
        operation,
        nth: from + index + 1,
        when,
        runs: writes ? RUNS : RUNS - 1,
      })),
    );
    const ends = await Promise.all(
      // Three runs each: some requests of each flow, of both ways to be cut off.
      sampled(`cut ${name}`, cuts, 1 / 8, ({ when }) => when).map(
        ({ operation, nth, when, runs }) =>
          limit(async () => {
            const shop = await open();
            shop.github.cut({ nth, when });
            const codes: (number | null)[] = [];
            while (codes.length < runs) codes.push((await run(shop)).code);
            const end = await endOf(shop);
            return [`${when} ${nth} ${operation}`, { last: codes.at(-1), end }] as const;
          }),
      ),
    );
    const asIfNothing = { last: 0, end: expected };
    expect(Object.fromEntries(ends)).toEqual(
      Object.fromEntries(ends.map(([cut]) => [cut, asIfNothing])),
    );
  });
});
