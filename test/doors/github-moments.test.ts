import pLimit from 'p-limit';
import { afterAll, describe, expect, it } from 'vitest';
import { scheduleEvent } from '../github/events.ts';
import type { Files } from '../github/repository.ts';
import { FILE, openIncident, standing, subjects } from '../support/incident.ts';
import { sampled } from '../support/sampled.ts';
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

/** So many runs at a time: they mostly wait. */
const limit = pLimit(4);
const CONFIG_FILE = '.github/sluice.yml';
const TARGET = 'flags/exposures.json';
const COMMIT = 'graphql/createCommitOnBranch';

const ripe = (): Promise<Shop> =>
  openShop({
    [FILE]: flag('checkout', inStage('canary', 30)),
    'metrics.csv': metrics({ checkout: 0.002 }),
  });

interface Change {
  readonly name: string;
  readonly edit: (files: Readonly<Record<string, string>>) => Files;
  /** Whether it still stands at the end. */
  readonly stands: (files: Readonly<Record<string, string>>) => boolean;
  /** A file that is invalid is work left undone, which the run says. */
  readonly invalid?: boolean;
}

const inFile =
  (replace: (text: string) => string) => (files: Readonly<Record<string, string>>) => ({
    [FILE]: replace(files[FILE] ?? ''),
  });

const CHANGES: readonly Change[] = [
  {
    name: 'pauses',
    edit: inFile((text) => text.replace('phase: progressing', 'phase: paused')),
    stands: (files) => files[FILE]?.includes('phase: paused') ?? false,
  },
  {
    name: 'kills',
    edit: inFile((text) => `kill: true\n${text}`),
    stands: (files) => files[FILE]?.includes('kill: true') ?? false,
  },
  {
    name: 'edits a check',
    edit: inFile((text) =>
      text.replace('checks: [errors]', 'checks: [{metric: errors, max: 50%}]'),
    ),
    stands: (files) => files[FILE]?.includes('max: 50%') ?? false,
  },
  {
    name: 'deletes the file',
    edit: () => ({ [FILE]: null }),
    stands: (files) => files[FILE] === undefined,
  },
  {
    name: 'renames the file',
    edit: (files) => ({ [FILE]: null, 'rollouts/new.yaml': files[FILE] ?? '' }),
    stands: (files) => files[FILE] === undefined && files['rollouts/new.yaml'] !== undefined,
    invalid: true,
  },
  {
    name: 'breaks the file',
    edit: inFile((text) => `stages: [[[\n${text}`),
    stands: (files) => files[FILE]?.includes('stages: [[[') ?? false,
    invalid: true,
  },
  {
    name: 'freezes everything',
    edit: () => ({
      [CONFIG_FILE]: CONFIG.replace(
        'policy:',
        'policy:\n  freezes: [{from: 2020-01-01, to: 2090-01-01}]',
      ),
    }),
    stands: (files) => files[CONFIG_FILE]?.includes('freezes') ?? false,
  },
];

/** How many requests a run makes that nobody disturbs. */
async function requestsOf(open: () => Promise<Shop>): Promise<number> {
  const shop = await open();
  shop.github.clearLog();
  expect((await shop.tick()).code).toBe(0);
  return shop.github.requests.length;
}

/** Somebody pushes a change just before the n-th request of a tick. */
async function pushedAt(open: () => Promise<Shop>, nth: number, { edit, stands, invalid }: Change) {
  const shop = await open();
  shop.github.on(
    () => true,
    async () => {
      const files = edit(await shop.repository.files());
      await shop.repository.commit({ files, message: 'A person' });
    },
    { nth },
  );
  const { code } = await shop.tick();
  const theirs = (await shop.repository.commits()).find(({ message }) => message === 'A person');
  const before = await shop.repository.files(theirs?.oid);
  const files = await shop.repository.files();
  return {
    nth,
    code: code === 0 || (invalid && code === 1) ? 'sane' : code,
    stands: stands(files),
    // Every byte of the flag's file is as they left it: nothing moved by an older decision.
    untouched: theirs !== undefined && files[FILE] === before[FILE],
  };
}

describe('a person who pushes before any request of a tick', () => {
  it.each(CHANGES)('and $name has their way with a bump', async (change) => {
    const requests = await requestsOf(ripe);
    const all = Array.from({ length: requests }, (_, index) => index + 1);
    // A run each: some moments of every change.
    const moments = sampled(`bump, and ${change.name}`, all, 1 / 5);
    const ends = await Promise.all(moments.map((nth) => limit(() => pushedAt(ripe, nth, change))));
    expect(ends).toEqual(
      moments.map((nth) => ({ nth, code: 'sane', stands: true, untouched: true })),
    );
  });

  it.each(CHANGES.filter(({ name }) => /check|deletes|breaks/.test(name)))(
    'and $name has their way with a rollback by commit',
    async (change) => {
      const open = () => openIncident({ more: 'risk: high\n' });
      const requests = await requestsOf(open);
      const all = Array.from({ length: requests }, (_, index) => index + 1);
      const moments = sampled(`rollback, and ${change.name}`, all, 1 / 5);
      const ends = await Promise.all(
        moments.map((nth) => limit(() => pushedAt(open, nth, change))),
      );
      expect(ends).toEqual(
        moments.map((nth) => ({ nth, code: 'sane', stands: true, untouched: true })),
      );
    },
  );

  it('into the compiled target has it compiled anew, and the bump is made', async () => {
    const open = async () => {
      const shop = await ripe();
      await shop.push({ before: (await shop.repository.head()) ?? '' });
      return shop;
    };
    const requests = await requestsOf(open);
    const all = Array.from({ length: requests }, (_, index) => index + 1);
    const ends = await Promise.all(
      sampled('into the target', all, 1 / 4).map((nth) =>
        limit(async () => {
          const shop = await open();
          shop.github.on(
            () => true,
            async () => {
              const files = { [TARGET]: '{"flags": {}}\n' };
              await shop.repository.commit({ files, message: 'A person' });
            },
            { nth },
          );
          const codes = [(await shop.tick()).code, (await shop.tick()).code];
          const target = JSON.parse((await shop.repository.files())[TARGET] ?? '');
          const { stage } = target.flags['checkout@production'] ?? {};
          return { codes, stage, stands: await standing(shop) };
        }),
      ),
    );
    expect(ends).toEqual(
      ends.map(() => ({ codes: [0, 0], stage: 'quarter', stands: 'progressing quarter' })),
    );
  });
});

describe('a busy monorepo', () => {
  it('with more files than GitHub lists is read, though it moves on all the time', async () => {
    const shop = await ripe();
    const trigger = await scheduleEvent(shop.github, shop.repository);
    const work = (files: Files, date = Date.now()) =>
      shop.repository.commit({ files, message: 'Work', date });
    const inCanary = flag('checkout', inStage('canary', 26));
    shop.repository.isLarge();
    // The workspace is at a commit that is the head no more, and the flag is another one by now.
    await work({ 'src/deep/a.ts': '1', 'src/b.ts': '1' });
    await work({ [FILE]: inCanary, 'rollouts/note.txt': '1' }, Date.parse(ago(26)));
    shop.github.on(COMMIT, async () => {
      await work({ 'src/deep/a.ts': '2', 'src/b.ts': null, 'lib/c/d.ts': '1' });
    });
    const ran = await shop.run(trigger);
    expect([ran.code, await standing(shop)]).toEqual([0, 'progressing quarter']);
  });

  it('with more files than GitHub lists has its pauses seen', async () => {
    const shop = await ripe();
    shop.repository.isLarge();
    shop.github.on(COMMIT, async () => {
      const paused = flag('checkout', inStage('canary', 30, 'paused'));
      await shop.repository.commit({ files: { 'src/a.ts': '1', [FILE]: paused } });
    });
    expect((await shop.tick()).code).toBe(0);
    expect(await standing(shop)).toBe('paused canary');
  });

  it('with a push before every request lets a tick through', async () => {
    const shop = await ripe();
    let pushes = 0;
    shop.github.on(
      () => true,
      async () => {
        pushes += 1;
        await shop.repository.commit({
          files: { [`src/${pushes}.ts`]: `${pushes}` },
          message: 'Work',
        });
      },
      { times: 60 },
    );
    const ran = await shop.tick();
    expect([ran.code, await standing(shop)]).toEqual([0, 'progressing quarter']);
  });

  it('with a push before each of thirty commits lets a tick through', async () => {
    const shop = await ripe();
    let pushes = 0;
    shop.github.on(
      COMMIT,
      async () => {
        pushes += 1;
        await shop.repository.commit({
          files: { [`src/${pushes}.ts`]: `${pushes}` },
          message: 'Work',
        });
      },
      { times: 30 },
    );
    shop.github.clearLog();
    const ran = await shop.tick();
    expect([ran.code, await standing(shop)]).toEqual([0, 'progressing quarter']);
    const all = await subjects(shop);
    expect(all.filter((subject) => subject === 'Work')).toHaveLength(30);
    expect(all.at(-1)).toBe('Advance checkout@production to quarter');
    // Four requests a turn: of GITHUB_TOKEN's thousand an hour.
    expect(shop.github.requests.length).toBeLessThan(150);
  });
});
