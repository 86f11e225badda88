import { describe, expect, it } from 'vitest';
import { hearing, reportsOf } from '../../src/judge/silence.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/time.ts';

const HEARS = { sampledEvery: 30 * SECOND, delay: 0 };

/** A generator of chance that a test can repeat. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How many of so many on average. */
function poisson(mean: number, random: () => number): number {
  const least = Math.exp(-mean);
  let [count, product] = [0, random()];
  while (product > least) {
    count += 1;
    product *= random();
  }
  return count;
}

/** Requests of both arms in each minute of some days: the treatment's share of them is 5 %. */
type World = (
  minute: number,
  random: () => number,
) => readonly [treatment: number, control: number];

const SHARE = 0.05;
const split = (perMinute: number, random: () => number): readonly [number, number] => [
  poisson(perMinute * SHARE, random),
  Math.min(poisson(Math.min(perMinute * (1 - SHARE), 500), random), 1_000),
];

/** Ten times as much at noon as at midnight. */
const wave = (minute: number): number =>
  0.55 - 0.45 * Math.cos((2 * Math.PI * (minute % 1_440)) / 1_440);

const isWeekend = (minute: number): boolean => Math.floor(minute / 1_440) % 7 >= 5;

const WORLDS: readonly (readonly [name: string, days: number, world: World])[] = [
  ['a first day with a wave of 10:1', 1, (minute, random) => split(40 * wave(minute), random)],
  ['a wave of 10:1 at little traffic', 1, (minute, random) => split(4 * wave(minute), random)],
  [
    'a first day that begins in the evening',
    1,
    (minute, random) => split(40 * wave(minute + 1_080), random),
  ],
  ['an hourly batch', 2, (minute, random) => split(minute % 60 === 7 ? 400 : 0, random)],
  ['0.2 requests a minute', 3, (_, random) => split(0.2, random)],
  [
    'a working week and its weekend',
    7,
    (minute, random) => split((isWeekend(minute) ? 2 : 40) * wave(minute), random),
  ],
];

/** The share of looks, every half hour, at which a healthy treatment is not heard. */
function mistaken(days: number, world: World, rollouts: number): number {
  let [wrong, looks] = [0, 0];
  for (let rollout = 0; rollout < rollouts; rollout += 1) {
    const random = chance(rollout + 1);
    const minutes = Array.from({ length: days * 1_440 }, (_, minute) => world(minute, random));
    const [ours, theirs] = [0, 1].map((arm) => minutes.map((each) => each[arm] ?? 0));
    for (let minute = 30; minute <= minutes.length; minute += 30) {
      const reports = (arm: readonly number[] = []) =>
        reportsOf({ from: 0, step: MINUTE, samples: arm.slice(0, minute) }, 0);
      const beside = { reports: reports(theirs), share: SHARE / (1 - SHARE) };
      looks += 1;
      if (hearing(reports(ours), beside, { ...HEARS, now: minute * MINUTE }) === 'silent')
        wrong += 1;
    }
  }
  return wrong / looks;
}

describe('a healthy treatment', () => {
  it.each(WORLDS)('is heard in %s', (_, days, world) => {
    // Of a batch the first hour is missed, until its gap is known.
    expect(mistaken(days, world, 40)).toBeLessThan(0.03);
  });

  it('of few tenants of very different sizes is heard once one of them has come', () => {
    const sizes = Array.from({ length: 50 }, (_, rank) => 60 / (rank + 1));
    for (let rollout = 0; rollout < 50; rollout += 1) {
      const random = chance(rollout + 1);
      const treated = sizes.filter(() => random() < 0.05);
      const rate = treated.reduce((sum, size) => sum + size, 0);
      if (rate === 0) continue;
      const perMinute = (mean: number) =>
        Array.from({ length: 1_440 }, () => poisson(mean, random));
      const [ours, theirs] = [perMinute(rate), perMinute(200)];
      const beside = {
        reports: reportsOf({ from: 0, step: MINUTE, samples: theirs }, 0),
        share: SHARE / (1 - SHARE),
      };
      const reports = reportsOf({ from: 0, step: MINUTE, samples: ours }, 0);
      expect(hearing(reports, beside, { ...HEARS, now: DAY }), `${rate} a minute`).toBe('reports');
    }
  });
});

/** Reports of so many samples a minute from one minute to another, read at a later one. */
const steady = (from: number, to: number, perMinute: number, now: number) =>
  reportsOf(
    {
      from: 0,
      step: MINUTE,
      samples: Array.from({ length: now }, (_, minute) =>
        minute >= from && minute < to ? perMinute : 0,
      ),
    },
    0,
  );

describe('an arm that stops', () => {
  it.each<[string, number, number, Partial<typeof HEARS>, string]>([
    ['14 minutes ago may be a deployment', 60, 74, {}, 'reports'],
    ['15 minutes ago is silent', 60, 75, {}, 'silent'],
    [
      '15 minutes ago is not, if it is sampled every 5',
      60,
      75,
      { sampledEvery: 5 * MINUTE },
      'reports',
    ],
    ['25 minutes ago is, if it is sampled every 5', 60, 85, { sampledEvery: 5 * MINUTE }, 'silent'],
    [
      '30 minutes ago is not, if its provider is half an hour late',
      60,
      90,
      { delay: 30 * MINUTE },
      'reports',
    ],
    [
      '33 minutes ago is, if its provider is half an hour late',
      60,
      93,
      { delay: 30 * MINUTE },
      'silent',
    ],
  ])('%s', (_, to, now, hears, right) => {
    const beside = { reports: steady(0, now, 100, now), share: 0.1 };
    const arm = steady(0, to, 10, now);
    expect(hearing(arm, beside, { ...HEARS, ...hears, now: now * MINUTE })).toBe(right);
  });

  it('is silent without another arm, by its own rate', () => {
    expect(hearing(steady(0, 60, 10, 80), undefined, { ...HEARS, now: 80 * MINUTE })).toBe(
      'silent',
    );
  });

  it('is silent if the other stopped as well', () => {
    const beside = { reports: steady(0, 60, 100, 80), share: 0.1 };
    expect(hearing(steady(0, 60, 10, 80), beside, { ...HEARS, now: 80 * MINUTE })).toBe('silent');
  });

  it('is given three times its longest gap', () => {
    const samples = (now: number) =>
      Array.from({ length: now }, (_, minute) => (minute % 60 === 0 && minute <= 120 ? 50 : 0));
    const heard = (now: number) =>
      hearing(reportsOf({ from: 0, step: MINUTE, samples: samples(now) }, 0), undefined, {
        ...HEARS,
        now: now * MINUTE,
      });
    expect(heard(121 + 176)).toBe('reports');
    expect(heard(121 + 177)).toBe('silent');
  });

  it('and never brought 20 samples a day is not known to be silent, and after a day not known at all', () => {
    const few = (now: number) =>
      reportsOf(
        {
          from: 0,
          step: HOUR,
          samples: Array.from({ length: now }, (_, hour) => (hour < 24 && hour % 2 === 0 ? 1 : 0)),
        },
        0,
      );
    const heard = (now: number) => hearing(few(now), undefined, { ...HEARS, now: now * HOUR });
    expect(heard(40)).toBe('reports');
    expect(heard(47)).toBe('unknown');
  });

  it('or never began is silent by what the other brings', () => {
    const beside = { reports: steady(0, 30, 100, 30), share: 0.1 };
    expect(hearing(steady(0, 0, 0, 30), beside, { ...HEARS, now: 30 * MINUTE })).toBe('silent');
    expect(hearing(steady(0, 0, 0, 30), undefined, { ...HEARS, now: 30 * MINUTE })).toBe('unknown');
  });
});
