import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/judge/judge.ts';
import type { Check } from '../../src/model/check.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { DAY, HOUR, MINUTE } from '../../src/time.ts';
import { answering } from '../support/answers.ts';
import { check, gauge, NOW, rollout, stage, status } from '../support/builders.ts';
import { BUDGET, judged, planFor, type Told, type When, type World } from '../support/measured.ts';

const { NaN: NAN, POSITIVE_INFINITY: INFINITY } = Number;

/** A verdict in a word or two: `breach worse, far`. */
function inWords(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'pass':
      return 'pass';
    case 'insufficient':
    case 'unavailable':
      return `${verdict.kind} ${verdict.reason}`;
    default:
      return `${verdict.kind} ${verdict.versusControl}${verdict.far ? ', far' : ''}`;
  }
}

const at = (name: string, more: Partial<Rollout['status']> = {}): Rollout =>
  rollout({ status: status({ phase: 'progressing', stage: name, ...more }) });

const INTERNAL = at('internal');
const CANARY = at('canary');
const FULL = at('full');

interface Row {
  readonly when: string;
  readonly check?: Partial<Check>;
  readonly world: World;
  readonly rollout?: Rollout;
  readonly at?: When;
  readonly verdict: string;
}

const table = (rows: readonly Row[]) =>
  it.each(rows)(
    '$verdict: $when',
    ({ check: more, world, rollout: subject, at: when, verdict }) => {
      expect(inWords(judged(check(more), world, subject ?? CANARY, when))).toBe(verdict);
    },
  );

const relative = (by: number) => ({ kind: 'relative', by }) as const;
const absolute = (by: number) => ({ kind: 'absolute', by }) as const;
/** A ratio that counts its samples. */
const counting = () => gauge({ unit: 'ratio', samples: 'n{variant="{{variant}}"}[{{window}}]' });

describe('an absolute limit', () => {
  table([
    { when: 'below', world: { treatment: 0.9 }, verdict: 'pass' },
    { when: 'at the limit is not past it', world: { treatment: 1 }, verdict: 'pass' },
    { when: 'past it', world: { treatment: 1.1 }, verdict: 'breach unknown' },
    { when: 'past it by as much again', world: { treatment: 2 }, verdict: 'breach unknown, far' },
    {
      when: 'a minimum, below',
      check: { limits: { min: 10 } },
      world: { treatment: 9 },
      verdict: 'breach unknown',
    },
    {
      when: 'a minimum, at it',
      check: { limits: { min: 10 } },
      world: { treatment: 10 },
      verdict: 'pass',
    },
    {
      when: 'past the tighter limit alone',
      check: { limits: { max: 1 }, warn: { max: 0.5 } },
      world: { treatment: 0.7 },
      verdict: 'warn unknown',
    },
    {
      when: 'past both',
      check: { limits: { max: 1 }, warn: { max: 0.5 } },
      world: { treatment: 1.2 },
      verdict: 'breach unknown',
    },
  ]);
});

describe('against control', () => {
  const increase = { limits: { maxIncrease: relative(0.05) } };
  table([
    {
      when: 'up 4 % of 5 %',
      check: increase,
      world: { treatment: 104, control: 100 },
      verdict: 'pass',
    },
    {
      when: 'up 6 % of 5 %',
      check: increase,
      world: { treatment: 106, control: 100 },
      verdict: 'breach unknown',
    },
    {
      when: 'up by half',
      check: increase,
      world: { treatment: 150, control: 100 },
      verdict: 'breach worse',
    },
    { when: 'down', check: increase, world: { treatment: 50, control: 100 }, verdict: 'pass' },
    {
      when: 'down 11 % of 10 %',
      check: { limits: { maxDecrease: relative(0.1) } },
      world: { treatment: 89, control: 100 },
      verdict: 'breach unknown',
    },
    {
      when: 'down 9 % of 10 %',
      check: { limits: { maxDecrease: relative(0.1) } },
      world: { treatment: 91, control: 100 },
      verdict: 'pass',
    },
    {
      when: 'up 3 where 2 are allowed',
      check: { limits: { maxIncrease: absolute(2) } },
      world: { treatment: 103, control: 100 },
      verdict: 'breach unknown',
    },
    {
      when: '1.5 times of twice',
      check: { limits: { maxRatio: 2 } },
      world: { treatment: 15, control: 10 },
      verdict: 'pass',
    },
    {
      when: '2.1 times of twice',
      check: { limits: { maxRatio: 2 } },
      world: { treatment: 21, control: 10 },
      verdict: 'breach worse',
    },
    // Below zero "worse by a share" still means further up, or further down.
    {
      when: 'below zero, the same',
      check: increase,
      world: { treatment: -100, control: -100 },
      verdict: 'pass',
    },
    {
      when: 'below zero, up 6 %',
      check: increase,
      world: { treatment: -94, control: -100 },
      verdict: 'breach unknown',
    },
    {
      when: 'below zero, a ratio, the same',
      check: { limits: { maxRatio: 2 } },
      world: { treatment: -10, control: -10 },
      verdict: 'pass',
    },
    {
      when: 'below zero, a ratio, far up',
      check: { limits: { maxRatio: 2 } },
      world: { treatment: 1, control: -10 },
      verdict: 'breach worse, far',
    },
    // Any share of zero is zero.
    {
      when: 'control has none and neither has treatment',
      check: increase,
      world: { treatment: 0, control: 0 },
      verdict: 'pass',
    },
    {
      when: 'control has none and treatment has some',
      check: increase,
      world: { treatment: 1, control: 0 },
      verdict: 'breach worse, far',
    },
  ]);
});

describe('whose fault it is', () => {
  const both = { limits: { max: 1, maxIncrease: relative(0.05) } };
  table([
    {
      when: 'control is past the same limit and no better',
      world: { treatment: 1.5, control: 1.5 },
      verdict: 'breach shared',
    },
    {
      when: 'control is past it, and treatment a little worse',
      world: { treatment: 1.7, control: 1.5 },
      verdict: 'breach shared',
    },
    {
      when: 'control is past it, and treatment worse than by a fifth',
      world: { treatment: 1.9, control: 1.5 },
      verdict: 'breach worse',
    },
    {
      when: 'control is within it',
      world: { treatment: 1.5, control: 0.5 },
      verdict: 'breach worse',
    },
    {
      when: 'control is within it by a hair',
      world: { treatment: 1.1, control: 1 },
      verdict: 'breach unknown',
    },
    { when: 'control is silent', world: { treatment: 1.5 }, verdict: 'breach unknown' },
    {
      when: 'a minimum that control misses too',
      check: { limits: { min: 10 } },
      world: { treatment: 8, control: 8.5 },
      verdict: 'breach shared',
    },
    {
      when: 'a minimum that control keeps',
      check: { limits: { min: 10 } },
      world: { treatment: 8, control: 20 },
      verdict: 'breach worse',
    },
    {
      when: 'control shares the one limit, but treatment is past the other',
      check: both,
      world: { treatment: 1.65, control: 1.5 },
      verdict: 'breach unknown',
    },
    {
      when: 'control shares the one limit, and treatment keeps the other',
      check: both,
      world: { treatment: 1.55, control: 1.5 },
      verdict: 'breach shared',
    },
    {
      when: 'a cohort is compared for this too',
      rollout: INTERNAL,
      world: { treatment: 1.5, control: 1.5 },
      verdict: 'breach shared',
    },
  ]);
});

describe('no data is not health', () => {
  table([
    { when: 'an empty result', world: {}, verdict: 'insufficient no-data' },
    { when: 'NaN', world: { treatment: NAN }, verdict: 'insufficient nan' },
    { when: 'an infinite value', world: { treatment: INFINITY }, verdict: 'insufficient infinite' },
    {
      when: 'minus infinity, below a maximum',
      world: { treatment: -INFINITY },
      verdict: 'insufficient infinite',
    },
    {
      when: 'several series',
      world: { treatment: 'several-series' },
      verdict: 'unavailable several-series',
    },
    {
      when: 'the provider is down',
      world: { treatment: 'timeout' },
      verdict: 'unavailable timeout',
    },
    {
      when: 'the provider is down for control alone',
      world: { treatment: 0.5, control: 'timeout' },
      verdict: 'unavailable timeout',
    },
    {
      when: 'the entry is too young',
      at: { entryStart: NOW - 5 * MINUTE },
      world: {},
      verdict: 'insufficient settling',
    },
  ]);
});

describe('too few samples', () => {
  const counted: Partial<Check> = {
    metric: counting(),
    limits: { max: 0.01 },
    minSamples: { count: 1000 },
  };
  const patient = { ...counted, minSamples: { count: 1000, orAfter: DAY } };
  const world = (samples: Told): World => ({ treatment: 0.05, samples });
  table([
    { when: 'a thousand', check: counted, world: world(1000), verdict: 'breach unknown, far' },
    { when: '999', check: counted, world: world(999), verdict: 'insufficient too-few-samples' },
    {
      when: 'nobody counted',
      check: counted,
      world: world([]),
      verdict: 'insufficient too-few-samples',
    },
    {
      when: 'NaN of them',
      check: counted,
      world: world(NAN),
      verdict: 'insufficient too-few-samples',
    },
    {
      when: 'nobody can count',
      check: counted,
      world: world('timeout'),
      verdict: 'unavailable timeout',
    },
    {
      when: 'few, but for long enough',
      check: patient,
      world: world(3),
      verdict: 'breach unknown, far',
    },
    {
      when: 'few, and not for long enough',
      check: patient,
      world: world(3),
      at: { entryStart: NOW - DAY },
      verdict: 'insufficient too-few-samples',
    },
    {
      when: 'a cohort goes by its absolute limits, however small',
      check: counted,
      world: world(3),
      rollout: INTERNAL,
      verdict: 'breach unknown, far',
    },
    {
      when: 'a cohort within its absolute limits',
      check: { ...counted, limits: { max: 0.1 } },
      world: world(3),
      rollout: INTERNAL,
      verdict: 'insufficient too-few-samples',
    },
    {
      when: 'a small cohort and a relative limit',
      check: {
        ...counted,
        limits: { maxIncrease: relative(0.05) },
        baseline: { kind: 'value', value: 0.01 },
      },
      world: world(3),
      rollout: INTERNAL,
      verdict: 'insufficient too-few-samples',
    },
  ]);
});

describe('a silent treatment', () => {
  const ratio: Partial<Check> = { metric: counting(), limits: { max: 0.01 } };
  const early = at('early');
  table([
    {
      when: 'control reports for an hour',
      world: { control: 0.5 },
      verdict: 'insufficient silent-treatment',
    },
    {
      when: 'control reports for less than an hour',
      at: { entryStart: NOW - HOUR },
      world: { control: 0.5 },
      verdict: 'insufficient no-data',
    },
    { when: 'control is silent too', world: {}, verdict: 'insufficient no-data' },
    { when: 'control says NaN', world: { control: NAN }, verdict: 'insufficient no-data' },
    {
      when: 'of 400 at 5 % some 21 were due',
      check: ratio,
      rollout: early,
      world: { control: 0.01, controlSamples: 400 },
      verdict: 'insufficient silent-treatment',
    },
    {
      when: 'of 300 at 5 % some 16 were due',
      check: ratio,
      rollout: early,
      world: { control: 0.01, controlSamples: 300 },
      verdict: 'insufficient no-data',
    },
    {
      when: 'nobody could say how many of control there were',
      check: ratio,
      rollout: early,
      world: { control: 0.01, controlSamples: 'timeout' },
      verdict: 'unavailable timeout',
    },
    {
      when: 'nobody could say how many of its own there were',
      check: { metric: gauge({ samples: 'count' }), minSamples: undefined as never },
      rollout: early,
      world: { control: 0.5, controlSamples: 400, samples: 'timeout' },
      verdict: 'unavailable timeout',
    },
    {
      when: 'it has been heard of before',
      check: ratio,
      rollout: early,
      world: { control: 0.01, controlSamples: 400, samples: 1 },
      verdict: 'insufficient no-data',
    },
    {
      when: 'a cohort may well be asleep',
      rollout: INTERNAL,
      world: { control: 0.5 },
      verdict: 'insufficient no-data',
    },
    {
      when: 'the fallback is served',
      rollout: at('canary', { phase: 'degraded', serving: 'fallback' }),
      world: { control: 0.5 },
      verdict: 'insufficient no-data',
    },
  ]);
});

describe('the edges of patience', () => {
  const counted: Partial<Check> = { metric: counting(), limits: { max: 0.01 } };
  const aDay = { entryStart: NOW - DAY - 5 * MINUTE };
  table([
    {
      when: 'an hour of silence to the minute',
      at: { entryStart: NOW - HOUR - 5 * MINUTE },
      world: { control: 0.5 },
      verdict: 'insufficient silent-treatment',
    },
    {
      when: 'twenty were due, and none came',
      check: counted,
      rollout: at('early'),
      world: { control: 0.01, controlSamples: 380 },
      verdict: 'insufficient silent-treatment',
    },
    {
      when: 'few for exactly as long as the check says',
      check: { ...counted, minSamples: { count: 1000, orAfter: DAY } },
      at: aDay,
      world: { treatment: 0.05, samples: 3 },
      verdict: 'breach unknown, far',
    },
    {
      when: 'nobody counted, and one was wanted',
      check: { ...counted, minSamples: { count: 1 } },
      world: { treatment: 0.05 },
      verdict: 'insufficient too-few-samples',
    },
    {
      when: 'far past one limit of two',
      check: { limits: { max: 1, maxRatio: 2 } },
      world: { treatment: 2.5, control: 1.2 },
      verdict: 'breach worse, far',
    },
    {
      when: 'worse than control by one limit of two',
      check: { limits: { min: 10, maxRatio: 2 } },
      world: { treatment: 9, control: 4 },
      verdict: 'breach worse',
    },
  ]);
});

describe('something to be relative to', () => {
  const ratio: Partial<Check> = { limits: { maxRatio: 2 } };
  const level: Partial<Check> = { ...ratio, baseline: { kind: 'value', value: 10 } };
  const week: Partial<Check> = { ...ratio, baseline: { kind: 'offset', by: 7 * DAY } };
  const before: Partial<Check> = { ...ratio, baseline: { kind: 'before-start', over: DAY } };
  const started = at('canary', { started: NOW - 3 * DAY });
  const pinned = at('full', { baseline: { latency: 10 } });
  table([
    {
      when: 'there is no control',
      check: ratio,
      world: { treatment: 5 },
      verdict: 'insufficient no-baseline',
    },
    {
      when: 'control says NaN',
      check: ratio,
      world: { treatment: 5, control: NAN },
      verdict: 'insufficient no-baseline',
    },
    {
      when: 'a cohort is not like control',
      check: ratio,
      rollout: INTERNAL,
      world: { treatment: 5, control: 1 },
      verdict: 'insufficient no-control',
    },
    {
      when: 'what was pinned of everyone is nothing for a cohort to be held against',
      check: ratio,
      rollout: at('internal', { baseline: { latency: 10 } }),
      world: { treatment: 50 },
      verdict: 'insufficient no-control',
    },
    {
      when: 'at 100 %, nothing was pinned',
      check: ratio,
      rollout: FULL,
      world: { treatment: 5 },
      verdict: 'insufficient no-baseline',
    },
    {
      when: 'at 100 %, below twice what was pinned',
      check: ratio,
      rollout: pinned,
      world: { treatment: 20 },
      verdict: 'pass',
    },
    {
      when: 'at 100 %, past twice what was pinned',
      check: ratio,
      rollout: pinned,
      world: { treatment: 21 },
      verdict: 'breach unknown',
    },
    {
      when: 'past twice a level',
      check: level,
      world: { treatment: 21 },
      verdict: 'breach unknown',
    },
    {
      when: 'below twice a level',
      check: level,
      world: { treatment: 19, control: 1 },
      verdict: 'pass',
    },
    {
      when: 'past twice a week ago',
      check: week,
      world: { treatment: 21, baseline: 10 },
      verdict: 'breach unknown',
    },
    {
      when: 'below twice a week ago',
      check: week,
      world: { treatment: 19, baseline: 10 },
      verdict: 'pass',
    },
    {
      when: 'a week ago there was nothing',
      check: week,
      world: { treatment: 19 },
      verdict: 'insufficient no-baseline',
    },
    {
      when: 'a week ago nobody can tell',
      check: week,
      world: { treatment: 19, baseline: 'timeout' },
      verdict: 'unavailable timeout',
    },
    {
      when: 'past twice the time before the start',
      check: before,
      rollout: started,
      world: { treatment: 21, baseline: 10 },
      verdict: 'breach unknown',
    },
    {
      when: 'below twice the time before the start',
      check: before,
      rollout: started,
      world: { treatment: 19, baseline: 10 },
      verdict: 'pass',
    },
    {
      when: 'nobody knows when it started',
      check: before,
      world: { treatment: 19 },
      verdict: 'insufficient no-baseline',
    },
    {
      when: 'an absolute limit does not wait for one',
      check: { limits: { max: 1, maxRatio: 2 } },
      world: { treatment: 5 },
      verdict: 'breach unknown, far',
    },
    {
      when: 'a warning relative to nothing',
      check: { limits: { max: 10 }, warn: { maxRatio: 2 } },
      world: { treatment: 5 },
      verdict: 'insufficient no-baseline',
    },
  ]);

  it('is named in the evidence', () => {
    const from = (more: Partial<Check>, world: World, subject?: Rollout) =>
      judged(check(more), { treatment: 15, ...world }, subject ?? CANARY).evidence.baseline;
    expect(from(ratio, { control: 10 })).toEqual({ from: 'control', value: 10 });
    expect(from(level, {})).toEqual({ from: 'value', value: 10 });
    expect(from(week, { baseline: 11 })).toEqual({ from: 'offset', value: 11 });
    expect(from(before, { baseline: 12 }, started)).toEqual({ from: 'before-start', value: 12 });
    expect(from(ratio, {}, pinned)).toEqual({ from: 'pinned', value: 10 });
    expect(from({ limits: { max: 20 } }, { control: 10 })).toBeUndefined();
  });
});

describe('a breach that must last ten minutes, looked at every minute', () => {
  const lasting: Partial<Check> = { for: 10 * MINUTE };
  const looks = (pattern: string): Told =>
    [...pattern].map((look) =>
      look === '#' ? 1.5 : look === 'n' ? NAN : look === '.' ? 0.5 : undefined,
    );
  const row = (when: string, pattern: string, verdict: string): Row => ({
    when: `${pattern} ${when}`,
    check: lasting,
    world: { treatment: looks(pattern) },
    verdict,
  });
  table([
    row('all ten minutes', '###########', 'breach unknown'),
    row('nine of ten', '.##########', 'insufficient over-limit-briefly'),
    row('over now alone', '..........#', 'insufficient over-limit-briefly'),
    row('a good minute in between', '#####.#####', 'insufficient over-limit-briefly'),
    row('a gap in between', '##### #####', 'insufficient over-limit-briefly'),
    row('the oldest look is missing', ' ##########', 'insufficient over-limit-briefly'),
    row('no number in between', '#####n#####', 'insufficient over-limit-briefly'),
    row('over until a minute ago', '##########.', 'pass'),
    row('the newest look is missing', '########## ', 'insufficient no-data'),
    row('the newest look is no number', '##########n', 'insufficient nan'),
    row('never over', '...........', 'pass'),
  ]);

  it('needs one limit broken throughout, not all of them', () => {
    const two = check({ ...lasting, limits: { max: 1, min: 0 } });
    expect(inWords(judged(two, { treatment: looks('###########') }))).toBe('breach unknown');
  });

  it('says nothing of lasting where a breach counts at once', () => {
    expect(judged(check(), { treatment: 2 }).evidence.lasting).toBeUndefined();
  });

  it('says for how long it has', () => {
    const { evidence } = judged(check(lasting), { treatment: looks('......#####') }, CANARY);
    expect(evidence.lasting).toEqual({ needed: 10 * MINUTE, seen: 4 * MINUTE });
  });

  it('lasts for a warning too', () => {
    const warn = check({ ...lasting, limits: { max: 9 }, warn: { max: 1 } });
    expect(inWords(judged(warn, { treatment: looks('###########') }))).toBe('warn unknown');
    expect(inWords(judged(warn, { treatment: looks('.##########') }))).toBe(
      'insufficient over-limit-briefly',
    );
  });

  it('compares each look with the baseline of its own moment', () => {
    const week = check({
      ...lasting,
      limits: { maxRatio: 2 },
      baseline: { kind: 'offset', by: 7 * DAY },
    });
    const ramp = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const twice = ramp.map((value) => value * 2.1);
    // Against any one level of the ramp some look would be within twice of it.
    expect(inWords(judged(week, { treatment: twice, baseline: ramp }))).toMatch(/^breach/);
    const flat = ramp.map(() => 21.5);
    expect(
      inWords(judged(week, { treatment: flat, baseline: ramp.with(0, 11).with(10, 10) })),
    ).toBe('insufficient over-limit-briefly');
    expect(inWords(judged(week, { treatment: twice, baseline: ramp.map((v) => v * 1.1) }))).toBe(
      'pass',
    );
  });

  it('does not compare with a control or a history that ended before now', () => {
    const ended: Told = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, undefined];
    const ratio = { ...lasting, limits: { maxRatio: 2 } };
    expect(inWords(judged(check(ratio), { treatment: 1.5, control: ended }))).toBe(
      'insufficient no-baseline',
    );
    const week = check({ ...ratio, baseline: { kind: 'offset', by: 7 * DAY } });
    expect(inWords(judged(week, { treatment: 1.5, baseline: ended }))).toBe(
      'insufficient no-baseline',
    );
    expect(inWords(judged(week, { treatment: 1.5, baseline: 1 }))).toBe('pass');
  });

  it('tells whose fault it is by all looks, for one is noisy', () => {
    const control: Told = [1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 0.9];
    const verdict = judged(check(lasting), { treatment: looks('###########'), control });
    expect(inWords(verdict)).toBe('breach shared');
  });
});

it('passes on what the provider warns of', () => {
  const plan = planFor(check(), CANARY);
  const verdict = judge(
    plan,
    answering(() => ({ kind: 'value', value: 0.5, warnings: ['partial answer'] })),
    CANARY,
    BUDGET,
  );
  expect(verdict.evidence.warnings).toEqual(['partial answer']);
});

it('keeps what a verdict rests on', () => {
  const { evidence } = judged(
    check({ metric: counting(), limits: { max: 0.01 }, minSamples: { count: 1000 } }),
    { treatment: 0.02, control: 0.01, samples: 5000 },
  );
  expect(evidence).toMatchObject({
    query: 'latency{variant="on"}[10m]',
    window: 10 * MINUTE,
    value: 0.02,
    control: 0.01,
    samples: 5000,
    samplesNeeded: 1000,
    limits: [{ name: 'max', level: 'breach', threshold: 0.01, over: true }],
    points: [{ at: NOW, value: 0.02 }],
  });
});

/* ---- Properties ---- */

const HARM = ['pass', 'warn', 'breach'];
const number = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.integer({ min: -1e6, max: 1e6 }).map((thousandths) => thousandths / 1000),
);
const share = fc.integer({ min: 0, max: 300 }).map((percent) => relative(percent / 100));
const limits = fc
  .record({ max: number, increase: share, ratio: fc.double({ min: 1, max: 3, noNaN: true }) })
  .map(({ max, increase, ratio }) => ({ max, maxIncrease: increase, maxRatio: ratio }));

it('more harm is never a better verdict', () => {
  const more = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(limits, limits, number, number, more, (breach, warn, control, value, worse) => {
      const subject = check({ limits: breach, warn });
      const before = judged(subject, { treatment: value, control }).kind;
      const after = judged(subject, { treatment: value + worse, control }).kind;
      expect(HARM.indexOf(after)).toBeGreaterThanOrEqual(HARM.indexOf(before));
    }),
  );
});

it('less of what should not fall is never a better verdict', () => {
  const fall = fc
    .record({ min: number, decrease: share })
    .map(({ min, decrease }) => ({ min, maxDecrease: decrease }));
  const more = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fall, fall, number, number, more, (breach, warn, control, value, worse) => {
      const subject = check({ limits: breach, warn });
      const before = judged(subject, { treatment: value, control }).kind;
      const after = judged(subject, { treatment: value - worse, control }).kind;
      expect(HARM.indexOf(after)).toBeGreaterThanOrEqual(HARM.indexOf(before));
    }),
  );
});

it('does not depend on the unit', () => {
  // Powers of two scale a double exactly.
  const scale = fc.integer({ min: -10, max: 10 }).map((power) => 2 ** power);
  fc.assert(
    fc.property(limits, fc.nat(50), number, number, scale, (given, by, control, value, k) => {
      const inUnit = (unit: number) =>
        inWords(
          judged(
            check({
              limits: { ...given, max: given.max * unit },
              warn: { maxIncrease: absolute(by * unit), min: -5 * unit },
            }),
            { treatment: value * unit, control: control * unit },
          ),
        );
      expect(inUnit(k)).toBe(inUnit(1));
    }),
  );
});

it('is total, and only a number passes', () => {
  const value = fc.oneof(fc.double(), fc.constantFrom(NAN, INFINITY, -INFINITY, 0));
  const told: fc.Arbitrary<Told> = fc.oneof(
    value,
    fc.array(fc.option(value, { nil: undefined }), { maxLength: 14 }),
    fc.constantFrom('timeout' as const, 'several-series' as const),
  );
  const worlds: fc.Arbitrary<World> = fc.record({
    treatment: told,
    control: told,
    baseline: told,
    samples: told,
    controlSamples: told,
  });
  const stages = [
    stage('internal', { segments: ['employees'] }),
    stage('canary', { percentage: 1 }),
    stage('none', { percentage: 0 }),
    stage('shadow', { shadow: true }),
    stage('full'),
  ];
  fc.assert(
    fc.property(
      worlds,
      fc.boolean(),
      fc.constantFrom('internal', 'canary', 'none', 'shadow', 'full', 'gone'),
      fc.constantFrom(0, MINUTE, 10 * MINUTE, 7 * MINUTE + 1000),
      fc.option(
        fc.constantFrom<Check['baseline']>(
          { kind: 'offset', by: DAY },
          { kind: 'value', value: 0 },
        ),
      ),
      (world, counts, name, lasting, baseline) => {
        const metric = counts ? counting() : gauge({ samples: 'n[{{window}}]' });
        const verdict = judged(
          check({
            metric,
            for: lasting,
            limits: { max: 1, maxRatio: 2 },
            warn: { min: 0.5 },
            minSamples: { count: 1 },
            ...(baseline ? { baseline } : {}),
          }),
          world,
          { ...at(name), stages },
        );
        if (['pass', 'warn', 'breach'].includes(verdict.kind)) {
          expect(Number.isFinite(verdict.evidence.value)).toBe(true);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
