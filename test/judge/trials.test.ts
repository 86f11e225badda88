import { describe, expect, it } from 'vitest';
import type { Experiment, ShadowTrial } from '../../src/model/trial.ts';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';
import { gauge, mean, proportion } from '../support/builders.ts';
import { experiment as ab, fromHour, type TriedWorld, tried } from '../support/tried.ts';

/** Half of the visits of either arm order, ten a minute: 9,806 an arm take 16 h 21 min. */
const HALF = { 'orders off': 5, 'visits off': 10, 'visits on': 10 };

describe('an experiment', () => {
  it.each<{
    when: string;
    trial?: Partial<Experiment>;
    world: TriedWorld;
    age: number;
    says: string;
    does: string;
    planned?: number | null;
  }>([
    {
      when: 'is too young to say anything',
      world: {},
      age: MINUTE / 2,
      says: 'settling',
      does: 'wait',
    },
    {
      when: 'has half the planned size, and no difference is shown',
      world: { ...HALF, 'orders on': 5 },
      age: 8 * HOUR,
      says: 'collecting',
      does: 'wait',
      planned: 9806,
    },
    {
      when: 'has the planned size, but not the stage’s least time',
      world: { ...HALF, 'orders on': 5.2 },
      age: 20 * HOUR,
      says: 'collecting',
      does: 'wait',
    },
    {
      when: 'has the planned size and time, and B is better by three points',
      world: { ...HALF, 'orders on': 5.3 },
      age: DAY,
      says: 'b-wins',
      does: 'advance',
    },
    {
      when: 'shows a worse B',
      world: { ...HALF, 'orders on': 4.7 },
      age: DAY,
      says: 'a-wins',
      does: 'rollback',
    },
    {
      when: 'shows more where less is better',
      trial: { better: 'less' },
      world: { ...HALF, 'orders on': 5.3 },
      age: DAY,
      says: 'a-wins',
      does: 'rollback',
    },
    {
      when: 'finds no difference that matters',
      world: { ...HALF, 'orders on': 5.01 },
      age: DAY,
      says: 'tie',
      does: 'advance',
    },
    {
      when: 'finds no difference that matters, and the file says back',
      trial: { onTie: 'rollback' },
      world: { ...HALF, 'orders on': 5.01 },
      age: DAY,
      says: 'tie',
      does: 'rollback',
    },
    {
      when: 'sees a B so much better that it need not wait for the planned size',
      world: { ...HALF, 'orders on': 7 },
      age: 5 * HOUR,
      says: 'b-wins',
      does: 'advance',
    },
    {
      when: 'sees a B so much worse that it need not wait',
      world: { ...HALF, 'orders on': 3 },
      age: 5 * HOUR,
      says: 'a-wins',
      does: 'rollback',
    },
    {
      when: 'reaches the planned size only after days',
      world: { 'orders off': 0.5, 'visits off': 1, 'orders on': 0.505, 'visits on': 1 },
      age: 7 * DAY,
      says: 'tie',
      does: 'advance',
    },
    {
      when: 'is over and much too small to tell',
      world: { 'orders off': 0.05, 'visits off': 0.1, 'orders on': 0.052, 'visits on': 0.1 },
      age: 7 * DAY,
      says: 'inconclusive',
      does: 'pause',
    },
    {
      when: 'is over and B never reported',
      trial: { onInconclusive: 'rollback' },
      world: { 'orders off': 5, 'visits off': 10 },
      age: 7 * DAY,
      says: 'inconclusive',
      does: 'rollback',
    },
    {
      when: 'is planned by a share of the control',
      trial: { minEffect: { kind: 'relative', by: 0.04 } },
      world: { ...HALF, 'orders on': 5 },
      age: 8 * HOUR,
      says: 'collecting',
      does: 'wait',
      planned: 9806,
    },
    {
      when: 'is planned by the control before the entry, not by what it does now',
      world: { ...HALF, 'orders off': fromHour(0, 5, 1), 'orders on': 1 },
      age: 2 * HOUR,
      says: 'collecting',
      does: 'wait',
      planned: 9806,
    },
    {
      when: 'has a control that cannot move so far',
      trial: { minEffect: { kind: 'absolute', by: 0.6 } },
      world: { ...HALF, 'orders on': 5 },
      age: 30 * MINUTE,
      says: 'tie',
      does: 'advance',
      planned: null,
    },
  ])('$when: $says', ({ trial, world, age, says, does, planned }) => {
    const verdict = tried(ab(trial), world, age);
    expect(verdict, verdict.text).toMatchObject({ kind: 'experiment', says, does });
    if (planned === undefined || verdict.kind !== 'experiment') return;
    const size = verdict.figures?.verdict.planned.a;
    expect(size).toBe(planned ?? Number.POSITIVE_INFINITY);
  });

  it('says of a planned size what it said when it was reached, whatever came later', () => {
    // Three points better for a day, and as much worse ever since.
    const turning = { ...HALF, 'orders on': fromHour(24, 5.3, 4.7) };
    const { says, text } = tried(ab(), turning, DAY);
    expect(says).toBe('b-wins');
    for (const age of [DAY + 7 * MINUTE, 3 * DAY, 9 * DAY, 30 * DAY]) {
      expect(tried(ab(), turning, age)).toMatchObject({ says, text });
    }
  });

  it('is planned by the first days of its own control where there was none before', () => {
    const since: TriedWorld = {
      'orders off': fromHour(0, 0, 5),
      'visits off': fromHour(0, 0, 10),
      'orders on': fromHour(0, 0, 5),
      'visits on': fromHour(0, 0, 10),
    };
    const later: TriedWorld = { ...since, 'orders off': (m) => (m < 0 ? 0 : m < 1440 ? 5 : 9) };
    for (const world of [since, later]) {
      const verdict = tried(ab(), world, 2 * DAY);
      expect(verdict).toMatchObject({ figures: { verdict: { planned: { a: 9806, b: 9806 } } } });
    }
  });

  it('knows what matters by the control of the entry where none is known to plan by', () => {
    const world = {
      'orders off': fromHour(0, 0, 0.025),
      'visits off': fromHour(0, 0, 0.05),
      'orders on': fromHour(0, 0, 0.031),
      'visits on': fromHour(0, 0, 0.05),
    };
    const relative = ab({ minEffect: { kind: 'relative', by: 0.4 } });
    const verdict = tried(relative, world, 7 * DAY);
    expect(verdict).toMatchObject({ says: 'tie', figures: { minEffect: expect.closeTo(0.2, 6) } });
    expect(verdict.text).toMatch(/, less than the 20 points that matter; .*no size is planned/);
  });

  it('takes more of the larger arm where the arms are not alike', () => {
    const verdict = tried(ab({ ratio: 0.25 }), { ...HALF, 'orders on': 5 }, 8 * HOUR);
    expect(verdict).toMatchObject({ figures: { verdict: { planned: { a: 24515, b: 6129 } } } });
  });

  it('compares means', () => {
    const basket = mean({
      name: 'basket',
      count: 'n {{variant}}',
      sum: 's {{variant}}',
      sumOfSquares: 'q {{variant}}',
    });
    // 40 on average with a standard deviation of 10, against 42.
    const world = {
      'n off': 10,
      's off': 400,
      'q off': 17_000,
      'n on': 10,
      's on': 420,
      'q on': 18_640,
    };
    const verdict = tried(
      ab({ metric: basket, minEffect: { kind: 'relative', by: 0.04 } }),
      world,
      DAY,
    );
    expect(verdict).toMatchObject({ says: 'b-wins', does: 'advance' });
    expect(verdict.text).toMatch(
      /^B wins: basket is 42 in B against 40 in A, \+1\.\d+ to \+2\.\d+,/,
    );
  });

  it('tells what it found so that a person can check it', () => {
    expect(tried(ab(), { ...HALF, 'orders on': 5.3 }, DAY).text).toBe(
      'B wins: conversion is 53 % in B against 50 % in A, +1.85 to +4.15 points, 95 % sure; of the samples planned A has 14,400 of 9,806, B 14,400 of 9,806',
    );
    expect(tried(ab(), {}, DAY).text).toMatch(
      /^no verdict yet: conversion was not counted in both arms; .*the control has counted too little to plan by$/,
    );
  });

  it('believes counts less that vary more than by chance', () => {
    // Half an hour of many, half an hour of none: not thousands of decisions of their own.
    const burst = (base: number) => (minute: number) =>
      (Math.floor(minute / 30) % 2 ? 2 : 0) * base;
    const clustered = {
      'orders off': burst(4),
      'visits off': 10,
      'orders on': burst(4.24),
      'visits on': 10,
    };
    const verdict = tried(ab(), clustered, DAY);
    expect(verdict, verdict.text).toMatchObject({ says: 'collecting' });
    expect(verdict.text).toMatch(
      /A has 14,400 of \d{2,3},\d{3}, .*; counts vary \d+(\.\d)? times as much as by chance$/,
    );
    // Where it cannot take that long, what there is does not suffice.
    const rare = Object.fromEntries(
      Object.entries(clustered).map(([name, by]) => [
        name,
        typeof by === 'number' ? by / 7 : (minute: number) => by(minute) / 7,
      ]),
    );
    expect(tried(ab(), rare, 7 * DAY)).toMatchObject({ says: 'inconclusive' });
  });

  it('whose provider does not answer says nothing, and is blind', () => {
    for (const down of ['orders on', 'orders off']) {
      const verdict = tried(ab(), { ...HALF, 'orders on': 5.3 }, DAY, { down });
      expect(verdict).toMatchObject({ says: 'unavailable', does: 'blind' });
      expect(verdict.text).toBe('conversion: no answer (timeout): no answer');
    }
  });

  it('reports other metrics, which decide nothing', () => {
    const clicks = proportion({
      name: 'clicks',
      events: 'clicks {{variant}}',
      total: 'visits {{variant}}',
    });
    const verdict = tried(
      ab({ others: [clicks] }),
      { ...HALF, 'orders on': 5.3, 'clicks off': 8, 'clicks on': 4 },
      DAY,
    );
    expect(verdict).toMatchObject({ does: 'advance' });
    expect(verdict.notes).toEqual([
      expect.stringMatching(/^clicks, which decides nothing: 40 % in B against 80 % in A, -/),
    ]);
  });

  it('does not go up on a total that its segments contradict', () => {
    // B is worse on phones and on desktops; it merely has more of the desktops.
    const part = (name: string) => ({
      name,
      metric: proportion({
        name,
        events: `${name} orders {{variant}}`,
        total: `${name} visits {{variant}}`,
      }),
    });
    const world = {
      'phones orders off': 1.6,
      'phones visits off': 8,
      'phones orders on': 0.3,
      'phones visits on': 2,
      'desktops orders off': 1.6,
      'desktops visits off': 2,
      'desktops orders on': 5.6,
      'desktops visits on': 8,
      'orders off': 3.2,
      'visits off': 10,
      'orders on': 5.9,
      'visits on': 10,
    };
    const verdict = tried(ab({ segments: [part('phones'), part('desktops')] }), world, DAY);
    expect(verdict).toMatchObject({ says: 'b-wins', does: 'pause' });
    expect(verdict.notes).toEqual([
      expect.stringMatching(/^phones: 15 % in B against 20 % in A, .*97\.5 % sure, the other way/),
      expect.stringMatching(/^desktops: 70 % in B against 80 % in A, .*, the other way/),
      expect.stringMatching(/^segments contradict the total \(Simpson’s paradox\)/),
    ]);
    // Back is another matter: fewer users get B.
    const worse = { ...world, 'orders on': 1 };
    expect(tried(ab({ segments: [part('phones')] }), worse, DAY)).toMatchObject({
      does: 'rollback',
    });
  });
});

describe('a shadow run', () => {
  const shadow: ShadowTrial = {
    kind: 'shadow',
    agreement: proportion({ name: 'agreement', events: 'same', total: 'compared' }),
    errors: proportion({ name: 'errors', events: 'bad {{variant}}', total: 'all {{variant}}' }),
    latency: gauge({ name: 'p95', query: 'p95 {{variant}}' }),
    rule: {},
  };
  const FIT: TriedWorld = {
    same: 9.3,
    compared: 10,
    'bad off': 0.1,
    'all off': 10,
    'bad on': 0.11,
    'all on': 10,
    'p95 off': 0.2,
    'p95 on': 0.22,
  };

  it.each<{
    when: string;
    world?: TriedWorld;
    trial?: Partial<ShadowTrial>;
    age?: number;
    says: string;
    does: string;
    text: RegExp;
  }>([
    {
      when: 'agrees, is quick, and does not fail',
      says: 'promote-to-canary',
      does: 'advance',
      text: /^fit for a canary: 93 % of answers agree, 85 % needed; p95 1\.1 × control, 1\.5 × allowed; errors 1\.1 × control, 2 × allowed; 14,400 answers, 1,000 needed$/,
    },
    {
      when: 'is slow',
      world: { 'p95 on': 0.36 },
      says: 'optimise-latency',
      does: 'wait',
      text: /^optimise latency: p95 1\.8 × control, 1\.5 × allowed; /,
    },
    {
      when: 'is slow for the stage’s longest time',
      world: { 'p95 on': 0.36 },
      age: 7 * DAY,
      says: 'optimise-latency',
      does: 'pause',
      text: /^optimise latency: p95 1\.8 × control/,
    },
    {
      when: 'disagrees',
      world: { same: 7 },
      says: 'investigate-disagreement',
      does: 'wait',
      text: /^investigate disagreement: 70 % of answers agree, 85 % needed; /,
    },
    {
      when: 'fails',
      world: { 'bad on': 0.4 },
      says: 'fix-errors',
      does: 'wait',
      text: /^fix errors: errors 4 × control, 2 × allowed; /,
    },
    {
      when: 'has answered too little',
      age: 90 * MINUTE,
      says: 'insufficient-data',
      does: 'wait',
      text: /^too little data: 900 answers, 1,000 needed/,
    },
    {
      when: 'has answered too little for the longest time',
      world: { compared: 0.01, same: 0.01 },
      age: 7 * DAY,
      says: 'insufficient-data',
      does: 'pause',
      text: /^too little data: 100 answers/,
    },
    {
      when: 'may be judged by a rule of its own',
      trial: { rule: { agreement: 0.95 } },
      says: 'investigate-disagreement',
      does: 'wait',
      text: /93 % of answers agree, 95 % needed/,
    },
    {
      when: 'has no percentile of its own',
      world: { 'p95 on': () => 0 },
      says: 'insufficient-data',
      does: 'wait',
      text: /^too little data: .*p95 unknown/,
    },
  ])('$when: $says', ({ world, trial, age = DAY, says, does, text }) => {
    const verdict = tried({ ...shadow, ...trial }, { ...FIT, ...world }, age);
    expect(verdict, verdict.text).toMatchObject({ kind: 'shadow', says, does });
    expect(verdict.text).toMatch(text);
  });

  const BUCKETS = {
    ...proportion(),
    name: 'latency',
    kind: 'distribution',
    unit: 'seconds',
    quantile: 0.95,
    from: { kind: 'buckets', buckets: 'latency {{variant}}' },
  } as const;

  it('takes its percentile from buckets', () => {
    const buckets = (variant: string, quick: number) => ({
      [`latency ${variant} le=0.1`]: quick,
      [`latency ${variant} le=0.4`]: 10,
      [`latency ${variant} le=+Inf`]: 10,
    });
    // p95 of half below 0.1 is 0.37; of all but a tenth of a percent below 0.1, about 0.095.
    const slow = { ...FIT, ...buckets('off', 9.99), ...buckets('on', 5) };
    expect(tried({ ...shadow, latency: BUCKETS }, slow, DAY)).toMatchObject({
      says: 'optimise-latency',
      figures: { p95Ratio: expect.closeTo(0.37 / (0.1 * (9.5 / 9.99)), 6) },
    });
  });

  it('counts the latencies that its counters show first, while those of control are there', () => {
    // A thousand quick answers when it is first seen, and a hundred since, half of them slow.
    const appears = (by: number) => (minute: number) => (minute < 24 * 60 - 10 ? undefined : by);
    const world = {
      ...FIT,
      'latency off le=0.1': 9.99,
      'latency off le=0.4': 10,
      'latency off le=+Inf': 10,
      'latency on le=0.1': appears(5),
      'latency on le=0.4': appears(10),
      'latency on le=+Inf': appears(10),
    };
    const p95 = 0.1 * ((0.95 * 1100) / 1050);
    expect(tried({ ...shadow, latency: BUCKETS }, world, DAY)).toMatchObject({
      figures: { p95Ratio: expect.closeTo(p95 / (0.1 * (9.5 / 9.99)), 6) },
    });
  });

  it('whose provider does not answer says nothing, and is blind', () => {
    for (const down of ['same', 'bad on', 'p95 off']) {
      expect(tried(shadow, FIT, DAY, { down })).toMatchObject({
        says: 'unavailable',
        does: 'blind',
      });
    }
  });
});
