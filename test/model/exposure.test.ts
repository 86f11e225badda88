import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_LADDERS } from '../../src/files/rollout/ladders.ts';
import {
  audiencesAt,
  BUCKETS,
  coverage,
  describeStage,
  exposureOf,
  weightOf,
} from '../../src/model/exposure.ts';
import type { Rollout, Stage, Status } from '../../src/model/rollout.ts';
import { ladder } from '../support/arbitraries.ts';
import { LADDER, rollout, stage, status } from '../support/builders.ts';
import { isExposedTo, type User, user } from '../support/users.ts';

const at = (name: string, more: Partial<Rollout> = {}, where: Partial<Status> = {}): Rollout =>
  rollout({ ...more, status: status({ phase: 'progressing', stage: name, ...where }) });

function exposed(subject: Rollout, someone: User): boolean {
  const exposure = exposureOf(subject);
  if (!exposure) throw new Error('its stage is gone');
  return exposure.variant !== exposure.control && isExposedTo(exposure, someone);
}

const everyone = { segments: [], regions: [], tiers: [] };
const employees = { ...everyone, segments: ['employees'] };

describe('a percentage', () => {
  it.each([
    [0, 0],
    [0.001, 1],
    [0.5, 500],
    [1, 1_000],
    [33.333, 33_333],
    [99.999, 99_999],
    [100, BUCKETS],
    // Written in binary, these are not quite what they say.
    [0.007, 7],
    [1.005, 1_005],
    [57.3, 57_300],
  ])('of %d is %d of 100,000', (percentage, weight) => {
    expect(weightOf(stage('some', { percentage }))).toBe(weight);
  });

  it('that nobody gave is all of them', () => {
    expect(weightOf(stage('some'))).toBe(BUCKETS);
  });
});

describe('the users of a stage', () => {
  it('are its own and those of every stage before it', () => {
    expect(audiencesAt(LADDER, 0)).toEqual([{ ...employees, weight: BUCKETS }]);
    expect(audiencesAt(LADDER, 1)).toEqual([
      { ...employees, weight: BUCKETS },
      { ...everyone, weight: 1_000 },
    ]);
    expect(audiencesAt(LADDER, 3)).toEqual([{ ...everyone, weight: BUCKETS }]);
  });

  it('keep the 1 % everywhere while a region gets 5 %', () => {
    const regions = [
      stage('canary', { percentage: 1 }),
      stage('early', { percentage: 5, regions: ['au', 'nz'] }),
      stage('later', { percentage: 5 }),
    ];
    expect(audiencesAt(regions, 1)).toEqual([
      { ...everyone, weight: 1_000 },
      { ...everyone, regions: ['au', 'nz'], weight: 5_000 },
    ]);
    expect(audiencesAt(regions, 2)).toEqual([{ ...everyone, weight: 5_000 }]);
  });

  it('are as many as were ever in, where a later stage says less', () => {
    const shrinking = [stage('half', { percentage: 50 }), stage('tenth', { percentage: 10 })];
    expect(audiencesAt(shrinking, 1)).toEqual([{ ...everyone, weight: 50_000 }]);
  });

  it('may be one in 100,000 of a region', () => {
    const one = stage('one', { percentage: 0.001, regions: ['au'] });
    expect(audiencesAt([one], 0)).toEqual([{ ...everyone, regions: ['au'], weight: 1 }]);
  });

  it('are nobody in a shadow run, and at 0 %', () => {
    expect(audiencesAt([stage('shadow', { shadow: true })], 0)).toEqual([]);
    expect(audiencesAt([stage('none', { percentage: 0 })], 0)).toEqual([]);
  });

  const ladders: readonly (readonly [string, readonly Stage[]])[] =
    Object.entries(BUILT_IN_LADDERS);

  it.each(ladders)('of the ladder %s only grow', (_, stages) => {
    fc.assert(
      fc.property(user, fc.nat(stages.length - 1), (someone, index) => {
        const subject = at('', { stages });
        const is = (each: Stage | undefined) =>
          each !== undefined &&
          exposed({ ...subject, status: { ...subject.status, stage: each.name } }, someone);
        if (is(stages[index - 1])) expect(is(stages[index])).toBe(true);
        if (index === stages.length - 1) expect(is(stages[index])).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('of any ladder only grow: going up takes nobody out, and going back leaves a subset', () => {
    const people = fc.subarray(['ada', 'bob', 'cy']);
    fc.assert(
      fc.property(ladder, user, people, people, (stages, someone, allow, block) => {
        const seen = stages.map(({ name }) => exposed(at(name, { stages, allow, block }), someone));
        expect(seen).toEqual(seen.toSorted((one, other) => Number(one) - Number(other)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('of any ladder are those of a stage so far, and no others', () => {
    fc.assert(
      fc.property(ladder, user, (stages, someone) => {
        const own = stages.map((each) => exposed(at(each.name, { stages: [each] }), someone));
        const union = stages.map(({ name }) => exposed(at(name, { stages }), someone));
        expect(union).toEqual(own.map((_, index) => own.slice(0, index + 1).includes(true)));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('who gets what', () => {
  const lists = { allow: ['ada', 'bob'], block: ['bob'] };

  it('is the treatment for the exposed, the control for everyone else', () => {
    expect(exposureOf(at('canary', lists))).toEqual({
      variant: 'on',
      control: 'off',
      audiences: [
        { ...employees, weight: BUCKETS },
        { ...everyone, weight: 1_000 },
      ],
      ...lists,
      shadow: false,
    });
  });

  it('is the fallback for the same users where it is degraded', () => {
    const degraded = at('canary', lists, { phase: 'degraded', serving: 'fallback' });
    expect(exposureOf(degraded)).toEqual({ ...exposureOf(at('canary', lists)), variant: 'simple' });
  });

  const nobody = {
    variant: 'off',
    control: 'off',
    audiences: [],
    allow: [],
    block: [],
    shadow: false,
  };

  it.each<[string, Rollout]>([
    ['killed', at('canary', { ...lists, kill: true })],
    ['killed in a stage that is gone', at('gone', { ...lists, kill: true })],
    ['pending', rollout({ ...lists, status: status() })],
    ['rolled back to off', at('canary', lists, { phase: 'rolled-back', serving: 'control' })],
    ['in no stage', rollout({ ...lists, status: status({ phase: 'paused' }) })],
  ])('is the control for everyone where it is %s', (_, subject) => {
    expect(exposureOf(subject)).toEqual(nobody);
  });

  it('is a mirrored run for nobody in a shadow stage, the allowed too', () => {
    const stages = [
      stage('shadow', { percentage: 0, shadow: true }),
      stage('canary', { percentage: 1 }),
    ];
    expect(exposureOf(at('shadow', { ...lists, stages }))).toMatchObject({
      audiences: [],
      allow: [],
      shadow: true,
    });
  });

  it('cannot be said of a stage that is gone', () => {
    expect(exposureOf(at('gone'))).toBeUndefined();
  });
});

it('counts the share of all users, in percent', () => {
  const share = (name: string) => {
    const exposure = exposureOf(at(name));
    return exposure && coverage(exposure);
  };
  expect(share('internal')).toBe(0);
  expect(share('early')).toBe(5);
  expect(share('full')).toBe(100);
});

it.each<[Stage, string]>([
  [stage('a'), 'everyone'],
  [stage('a', { percentage: 100 }), 'everyone'],
  [stage('a', { percentage: 0.5 }), '0.5 %'],
  [stage('a', { segments: ['employees'] }), 'employees'],
  [stage('a', { percentage: 5, regions: ['au', 'nz'] }), '5 % of au, nz'],
  [stage('a', { tiers: ['b2c'], regions: ['eu'] }), 'eu in b2c'],
  [stage('a', { percentage: 0, shadow: true }), 'nobody (mirrored traffic)'],
])('says in a few words who is in a stage: %#', (subject, words) => {
  expect(describeStage(subject)).toBe(words);
});
