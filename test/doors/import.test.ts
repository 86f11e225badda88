import { afterAll, describe, expect, it } from 'vitest';
import { closeDesks, type Desk, openDesk } from '../support/desk.ts';
import { flagd } from '../support/flagd.ts';

const NOW = '2026-06-02T09:00:00Z';
const CURRENT = 'current.json';
const live = (targeting: object): object => ({
  state: 'ENABLED',
  variants: { on: true, off: false },
  defaultVariant: 'off',
  targeting,
});
const FLAGS = {
  'new-checkout': live({
    fractional: [
      ['on', 5],
      ['off', 95],
    ],
  }),
  'old-search': live({
    fractional: [
      ['off', 50],
      ['on', 50],
    ],
  }),
};

const OTHERS = {
  nobody: live({}),
  most: live({
    fractional: [
      ['on', 60],
      ['off', 40],
    ],
  }),
  everybody: { ...live({}), defaultVariant: 'on' },
};

afterAll(closeDesks);

const open = (): Promise<Desk> =>
  openDesk(NOW, {
    '.github/sluice.yml': 'targets: [{type: flagd, path: flags/flagd.json}]\n',
    [CURRENT]: JSON.stringify({ flags: FLAGS }),
    'others.json': JSON.stringify({ flags: OTHERS }),
  });

describe('sluice import', () => {
  it('takes over a flag without moving a user, and says why it cannot take another', async () => {
    const desk = await open();
    const ran = await desk.show(NOW, ['import', 'flagd', CURRENT, '--owner', '@acme/web']);
    expect([ran.code, ran.stderr]).toEqual([1, '']);
    expect(ran.stdout.split('\n')).toEqual([
      'wrote rollouts/new-checkout.yaml',
      expect.stringMatching(/^not {3}old-search: its first buckets have `off`/),
      expect.stringMatching(/^Next: compile them to another file than current\.json/),
      '',
    ]);

    const others = await desk.show(NOW, ['import', 'flagd', 'others.json', '--owner', '@acme/web']);
    expect(others.code).toBe(0);
    const review = await desk.run(NOW, 'validate');
    expect(review.json().problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    await desk.repo.commitAll('Take over', { date: Date.parse(NOW) });
    // Nothing moves it, not even after its dwell.
    await desk.tick('2026-06-30T09:00:00Z');
    expect(await desk.status('rollouts/new-checkout.yaml')).toMatchObject({
      phase: 'paused',
      stage: 'imported',
    });

    const before = flagd(JSON.stringify({ flags: { ...FLAGS, ...OTHERS } }));
    const after = flagd(await desk.file('flags/flagd.json'));
    const users = Array.from({ length: 10_000 }, (_, n) => ({ targetingKey: `user-${n}` }));
    for (const flag of ['new-checkout', ...Object.keys(OTHERS)]) {
      const moved = users.filter(
        (user) => before.variantOf(flag, user) !== after.variantOf(flag, user),
      );
      expect(moved, flag).toEqual([]);
    }
  });

  it('takes GO Feature Flag by its short name as well', async () => {
    const desk = await open();
    const live = 'old:\n  variations: {a: 1, b: 2}\n  defaultRule: {percentage: {a: 20, b: 80}}\n';
    await desk.repo.write('goff.yaml', live);
    for (const [format, field] of [
      ['goff', 'written'],
      ['go-feature-flag', 'kept'],
    ] as const) {
      const ran = await desk.run(NOW, 'import', format, 'goff.yaml', '--owner', '@acme/web');
      expect([ran.code, ran.json()]).toMatchObject([0, { [field]: ['rollouts/old.yaml'] }]);
    }
  });

  it('overwrites nothing, and writes nothing where it is asked not to', async () => {
    const desk = await open();
    const dry = await desk.run(
      NOW,
      'import',
      'flagd',
      CURRENT,
      '--owner',
      '@acme/web',
      '--dry-run',
    );
    expect(dry.json()).toMatchObject({
      command: 'import',
      written: ['rollouts/new-checkout.yaml'],
      kept: [],
    });
    expect(await desk.dirt()).toBe('');
    for (const field of ['written', 'kept']) {
      const ran = await desk.run(NOW, 'import', 'flagd', CURRENT, '--owner', '@acme/web');
      expect(ran.json()).toMatchObject({ [field]: ['rollouts/new-checkout.yaml'] });
    }
  });

  it.each([
    [['import', 'flagd', CURRENT], /name who answers for the flags: --owner/],
    [
      ['import', 'flag', CURRENT, '--owner', '@acme/web'],
      /flag is no format: did you mean `flagd`/,
    ],
    [['import', 'flagd', 'gone.json', '--owner', '@acme/web'], /there is no gone\.json/],
    [
      ['import', 'flagd', '.github/sluice.yml', '--owner', '@acme/web'],
      /is no file of flagd \(not-importable\)/,
    ],
    [
      ['import', 'flagd', CURRENT, '--owner', '@acme/web', '--environment', '../x'],
      /no name of an environment/,
    ],
  ])('%j is refused', async (args, why) => {
    const desk = await open();
    const ran = await desk.show(NOW, args);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(why);
  });
});
