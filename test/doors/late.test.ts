import { afterAll, describe, expect, it } from 'vitest';
import { closeDesks, openDesk } from '../support/desk.ts';
import { FILE, openIncident, standing, withRollback } from '../support/incident.ts';
import { sluice } from '../support/program.ts';
import {
  june,
  REPLAY_CONFIG,
  recording,
  rolloutText,
  inStage as stageAt,
} from '../support/rollouts.ts';
import { sampled } from '../support/sampled.ts';
import { closeShops, flag, inStage, metrics, openShop } from '../support/shop.ts';

afterAll(async () => {
  await closeShops();
  await closeDesks();
});

describe('a slow tick', () => {
  it('does not close the revert of an entry that began while it read', async () => {
    const shop = await openIncident({ config: withRollback('{auto_merge: false}') });
    await shop.push({ before: (await shop.repository.head()) ?? '' });
    shop.github.on(
      ({ body }) => JSON.stringify(body ?? '').includes('refPrefix'),
      async () => {
        // The flag begins another entry, which another tick finds in breach.
        await shop.repository.commit({
          files: { [FILE]: flag('checkout', inStage('quarter', 2)) },
          date: Date.now() - 2 * 3_600_000,
        });
        await shop.tick();
      },
    );
    await shop.tick();
    const open = shop.repository.pulls().filter(({ state }) => state === 'open');
    const since = /since: ([^,]+),/.exec((await shop.repository.files())[FILE] ?? '')?.[1] ?? '';
    expect(open.map(({ head }) => head)).toContain(
      `rollout/revert/checkout/quarter-${since.replace(/[-:]/g, '')}`,
    );
  });
});

describe('a revert that merges by itself', () => {
  // So much between the checks and the status that an edit of one does not conflict with the other.
  const FAR =
    'description: One page\nexpires: 2090-01-01\nbucket_by: targetingKey\nauto_promote: true\n';

  it.each([
    [
      'made the limit higher',
      (text: string) => text.replace('checks: [errors]', 'checks: [{metric: errors, max: 50%}]'),
    ],
    ['broke the file', (text: string) => `stages: [[[\n${text}`],
  ])('is not merged once a person %s', async (what, edit) => {
    const open = () => openIncident({ more: FAR });
    const quiet = await open();
    await quiet.tick();
    expect(await standing(quiet)).toBe('rolled-back canary');
    const requests = quiet.github.requests.map(({ operation }) => operation);
    // GitHub's merging holds to the head of the pull request and to nothing of its base: a push
    // between the last look and that very request is merged onto, and the next tick decides again.
    const merge = requests.lastIndexOf('pulls/merge') + 1;
    const first = quiet.github.requests.findIndex(({ writes }) => writes) + 1;
    const moments = Array.from({ length: merge - first }, (_, index) => first + index);
    // A run each: some of the moments, before the pull request is there and while it is.
    const opened = requests.indexOf('pulls/create') + 1;
    const isOpen = (nth: number): string => (nth > opened ? 'open' : 'not open');
    for (const nth of sampled(`merges by itself, ${what}`, moments, 1 / 4, isOpen)) {
      const shop = await open();
      shop.github.on(
        () => true,
        async () => {
          const text = edit((await shop.repository.files())[FILE] ?? '');
          await shop.repository.commit({ files: { [FILE]: text } });
        },
        { nth },
      );
      await shop.tick();
      expect(await standing(shop), `pushed before request ${nth}`).toBe('progressing quarter');
    }
  });
});

const MONDAY = june(1, '09:00');
const TUESDAY = june(2, '10:00');
const DESK = 'rollouts/demo.yaml';

describe('a revert of a bump', () => {
  it.each([
    ['a clock two days behind', '2026-05-31T11:00:00Z'],
    ['a clock that says 1970', '1970-01-02T00:00:00Z'],
  ])('made with %s keeps the flag there for a dwell', async (_, date) => {
    const desk = await openDesk(MONDAY, {
      '.github/sluice.yml': REPLAY_CONFIG,
      'metrics.csv': recording([june(1, '00:00'), 'errors demo on', 0.001]),
      [DESK]: rolloutText('demo', { status: stageAt('canary', MONDAY) }),
    });
    await desk.tick(TUESDAY);
    await desk.repo.git('revert', '--no-commit', 'HEAD');
    await desk.commit(date, 'Revert "Advance demo@production to quarter"', {});
    const tick = await desk.tick(june(2, '10:05'));
    expect(tick.of('demo').decision).toMatchObject({ kind: 'hold', code: 'dwell' });
  });
});

describe('on GitHub, a revert of a bump', () => {
  it('made with a clock two days behind keeps the flag there', async () => {
    const shop = await openShop({
      [FILE]: flag('checkout', inStage('canary', 30)),
      'metrics.csv': metrics({ checkout: 0.002 }),
    });
    const before = (await shop.repository.files())[FILE] ?? '';
    await shop.tick();
    expect(await standing(shop)).toBe('progressing quarter');
    await shop.repository.commit({
      files: { [FILE]: before },
      message: 'Revert',
      date: Date.now() - 48 * 3_600_000,
    });
    await shop.tick();
    expect(await standing(shop)).toBe('progressing canary');
  });
});

describe('a shallow clone', () => {
  it('holds what it cannot date, and says how to fetch the rest', async () => {
    const desk = await openDesk(MONDAY, {
      '.github/sluice.yml': REPLAY_CONFIG,
      'metrics.csv': recording([june(1, '00:00'), 'errors demo on', 0.001]),
      [DESK]: rolloutText('demo', { status: stageAt('canary', MONDAY) }),
    });
    await desk.commit(june(2, '08:00'), 'Elsewhere', { 'README.md': 'hello' });
    const clone = `${desk.dir}-shallow`;
    await desk.repo.git('clone', '--quiet', '--depth=1', `file://${desk.dir}`, clone);
    const ran = await sluice(clone, ['reconcile', '--json'], { now: TUESDAY });
    expect(ran.code).toBe(1);
    expect(ran.json().rollouts[0]?.decision).toMatchObject({ kind: 'hold', code: 'unconfirmed' });
    expect(ran.stdout).toContain('git fetch --unshallow');
  });
});
