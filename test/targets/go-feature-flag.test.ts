import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Config, TargetConfigOf } from '../../src/model/config.ts';
import { BUCKETS, exposureOf } from '../../src/model/exposure.ts';
import { kindOf, type Rollout } from '../../src/model/rollout.ts';
import { percentages } from '../../src/targets/go-feature-flag/percentages.ts';
import type { Source } from '../../src/targets/target.ts';
import { ladder } from '../support/arbitraries.ts';
import { rollout, stage, status, unread } from '../support/builders.ts';
import { examples } from '../support/examples.ts';
import { type Flag, fnv1a, goFeatureFlag } from '../support/go-feature-flag.ts';
import { DIGEST, digest, SCHEMA } from '../support/go-feature-flag-schema.ts';
import { contextOf, people, TOLD } from '../support/people.ts';
import { openFile } from '../support/targets.ts';
import { isExposedTo, user } from '../support/users.ts';

const PATH = 'flags/goff.yaml';
const FLAG = 'new-checkout';
const KEYS = 100_000;
/** For a machine that has other things to do. */
const LONG = 120_000;

function compile(
  sources: readonly Source[],
  standing?: string,
  {
    segments = TOLD,
    ...more
  }: Partial<TargetConfigOf<'go-feature-flag'>> & { readonly segments?: Config['segments'] } = {},
) {
  const target = openFile(
    { holds: 'flags', type: 'go-feature-flag', path: PATH, ...more },
    segments,
  );
  const { files, problems } = target.plan(sources, standing);
  expect(files.map(({ path }) => path)).toEqual([PATH]);
  const text = files[0]?.text ?? '';
  return { text, problems, ...goFeatureFlag(text) };
}

const valid = (subject: Rollout): Source => ({ kind: 'valid', rollout: subject });
const invalid = (file: string, killed = false): Source => unread({ file, killed });
const at = (name: string, more: Partial<Rollout> = {}): Rollout =>
  rollout({
    status: status({ phase: 'progressing', stage: name, since: Date.UTC(2026, 11, 3) }),
    ...more,
  });

/** The bucket of a user, of 100,000, counted so that the treatment has the first ones. */
function bucketOf({ flag, treatment, control }: Rollout, key: string): number {
  const bucket = fnv1a(flag + key) % BUCKETS;
  return treatment > control ? bucket : BUCKETS - 1 - bucket;
}

describe('the reference', () => {
  // Offset basis, and the vectors of the hash's authors.
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
    // What GO Feature Flag's own tests expect of it.
    ['flagNameUserKey', 3_946_001_934],
  ])('hashes %j as published', (text, hash) => {
    expect(fnv1a(text)).toBe(hash);
  });

  it.each([
    ['my-flag', 'e56f628e-9817-498f-ae38-4961e9c2bb21', 70_272],
    ['', 'e56f628e-9817-498f-ae38-4961e9c2bb21', 74_237],
    ['', '', 36_261],
  ])(
    "puts a user of flag %j in the bucket GO Feature Flag's own tests expect",
    (flag, key, bucket) => {
      expect(fnv1a(flag + key) % BUCKETS).toBe(bucket);
    },
  );
});

describe('the reference, against what GO Feature Flag is known to do', () => {
  it('has the schema that it publishes', () => {
    expect(digest(SCHEMA)).toBe(DIGEST);
  });

  /** What its own tests expect of flags with shares: `modules/core/flag` and `cmd/wasm`, 1.55.2. */
  const three = { variation_D: 70, variation_C: 10, variation_B: 20 };
  it.each<[flag: string, key: string, shares: Readonly<Record<string, number>>, expected: string]>([
    ['flagname+', 'userkey', { variation_B: 0, variation_C: 100 }, 'variation_C'],
    ['flagname+', 'userkey', { variation_C: 9, variation_B: 91 }, 'variation_C'],
    ['flagname+', 'userkey', { variation_C: 91, variation_B: 91 }, 'variation_B'],
    ['flagname+', 'randomUserID', three, 'variation_C'],
    ['flagname+', '96ac59e6-7492-436b-b15a-ba1d797d2423', three, 'variation_B'],
    ['TEST', 'random-key', { enable: 90, disable: 10 }, 'enable'],
  ])('gives of %s to %s, split by %j, %s', (flag, key, percentage, expected) => {
    const variations = Object.fromEntries(Object.keys(percentage).map((name) => [name, name]));
    const text = JSON.stringify({ [flag]: { variations, defaultRule: { percentage } } });
    expect(goFeatureFlag(text).variationOf(flag, key)).toBe(expected);
  });

  it.each<[what: string, flag: object]>([
    ['a key that its schema does not have', { rule: {} }],
    ['a rule with such a key', { targeting: [{ query: '1', variation: 'on', share: 5 }] }],
    ['a share that is text', { defaultRule: { percentage: { on: '5', off: 95 } } }],
    ['a step at no moment', { scheduledRollout: [{ date: 'tomorrow' }] }],
    ['no default', { defaultRule: undefined }],
    ['variations of two types', { variations: { on: true, off: 'no' } }],
    ['a variation of nothing', { variations: { on: null, off: null } }],
    ['a rule without a query', { targeting: [{ variation: 'on' }] }],
    ['a share of a variation that is not there', { defaultRule: { percentage: { of: 1 } } }],
    ['shares of nothing', { defaultRule: { percentage: { on: 0, off: 0 } } }],
    [
      'two rules of one name',
      { targeting: ['1', '2'].map((query) => ({ name: 'a', query, variation: 'on' })) },
    ],
  ])('refuses %s', (_, flag) => {
    const whole = { variations: { on: true, off: false }, defaultRule: { variation: 'off' } };
    expect(goFeatureFlag(JSON.stringify({ a: whole })).variationOf('a', 'x')).toBe('off');
    expect(() => goFeatureFlag(JSON.stringify({ a: { ...whole, ...flag } }))).toThrow();
  });
});

it('writes a rollout in the terms of GO Feature Flag', () => {
  const { text, problems } = compile([valid(at('canary', { allow: ['ada'], block: ['bob'] }))]);
  expect(problems).toEqual([]);
  expect(text).toBe(`new-checkout:
  variations:
    'on': true
    'off': false
    simple: false
  targeting:
    - name: 'block'
      query: '{"in":[{"var":"targetingKey"},["bob"]]}'
      variation: 'off'
    - name: 'allow'
      query: '{"in":[{"var":"targetingKey"},["ada"]]}'
      variation: 'on'
    - name: 'audience-1'
      query: '{"and":[{"!!":[{"var":"email"}]},{"==":[{"substr":[{"var":"email"},-13]},"@acme.example"]}]}'
      variation: 'on'
  defaultRule:
    percentage:
      'on': 1
      'off': 99
  metadata:
    file: 'rollouts/new-checkout.yaml'
    environment: 'production'
    phase: 'progressing'
    stage: 'canary'
    since: '2026-12-03T00:00:00Z'
    variant: 'on'
    control: 'off'
`);
});

describe('percentages', () => {
  it('sum to 100 and give each weight its buckets, in the arithmetic of Go', () => {
    const wrong = Array.from({ length: BUCKETS + 1 }, (_, weight) => weight).filter((weight) => {
      const { first, second } = percentages(weight);
      const end = first * 1_000 + second * 1_000;
      return (
        first + second !== 100 ||
        Math.trunc((first + second) * 1_000) !== BUCKETS ||
        Math.trunc(first * 1_000) !== weight ||
        Math.trunc(end) !== BUCKETS
      );
    });
    expect(wrong).toEqual([]);
  });

  it('are written as they are meant wherever that is exact', () => {
    expect([500, 1_000, 33_333, 57_300, 99_999].map((weight) => percentages(weight).first)).toEqual(
      [0.5, 1, 33.333, 57.3, 99.999],
    );
    // 1.001 × 1,000 is 1,000.9999999999999 there, and would be cut to 1,000.
    expect(percentages(1_001)).toEqual({ first: 1.0010001, second: 98.9989999 });
  });
});

describe.each(examples().rollouts.map((each) => [each.flag, each] as const))(
  '%s',
  (flag, subject) => {
    const crowd = people(KEYS).map((person) => ({
      person: { ...person, bucket: bucketOf(subject, person.id) },
      context: contextOf(person),
    }));
    const inStage = (name: string, more: Partial<Rollout['status']> = {}) => {
      const moved = { ...subject, status: status({ phase: 'progressing', stage: name, ...more }) };
      const exposure = exposureOf(moved);
      if (!exposure) throw new Error('its stage is gone');
      return { exposure, ...compile([valid(moved)]) };
    };

    it(
      `goes to the users of its stage, each of ${KEYS}, and takes nobody out on the way up`,
      () => {
        let before: readonly boolean[] = crowd.map(() => false);
        for (const { name, shadow } of subject.stages) {
          const { exposure, variationOf } = inStage(name);
          const now = crowd.map(
            ({ person, context }) => variationOf(flag, person.id, context) === exposure.variant,
          );
          const wrong = crowd.filter(({ person }, n) => now[n] !== isExposedTo(exposure, person));
          expect(wrong.slice(0, 3), name).toEqual([]);
          expect(before.filter((was, n) => was && !now[n])).toEqual([]);
          before = shadow ? before : now;
        }
      },
      LONG,
    );

    if (subject.fallback !== subject.control)
      it(
        `gives the fallback to those of ${KEYS} who had the treatment, at every stage`,
        () => {
          const { variants, treatment, control, fallback } = subject;
          for (const { name } of subject.stages.filter(({ shadow }) => !shadow)) {
            const had = inStage(name);
            const has = inStage(name, { phase: 'degraded', serving: 'fallback' });
            const values = has.flags[flag]?.variations ?? {};
            const wrong = crowd.filter(({ person, context }) => {
              const treated = had.variationOf(flag, person.id, context) === treatment;
              // By its value: its name may be another one, so that it goes to the same users.
              const value = values[has.variationOf(flag, person.id, context)];
              return value !== variants[treated ? fallback : control];
            });
            expect(wrong.slice(0, 3), name).toEqual([]);
          }
        },
        LONG,
      );

    const randomised = subject.stages.filter((stage) => kindOf(stage) === 'randomised');
    if (randomised.length > 0)
      it(
        'has the shares it was asked for, within 5 σ',
        () => {
          const others = crowd.filter(({ person }) => person.segments.length === 0);
          for (const { name, percentage = 100 } of randomised) {
            const { exposure, variationOf } = inStage(name);
            const exposed = others.filter(
              ({ person }) => variationOf(flag, person.id) === exposure.variant,
            );
            const share = percentage / 100;
            const sigma = Math.sqrt(others.length * share * (1 - share));
            expect(Math.abs(exposed.length - others.length * share), name).toBeLessThan(5 * sigma);
          }
        },
        LONG,
      );
  },
);

it('is a file that GO Feature Flag takes for every example, at every stage and in every state', () => {
  const { config, rollouts } = examples();
  let files = 0;
  for (const subject of rollouts) {
    for (const { name } of subject.stages) {
      const states: readonly Partial<Rollout>[] = [
        ...(['pending', 'progressing', 'paused', 'rolled-back', 'completed'] as const).map(
          (phase) => ({ status: status({ phase, stage: name }) }),
        ),
        { status: status({ phase: 'degraded', stage: name, serving: 'fallback' }) },
        { status: status({ phase: 'progressing', stage: name }), kill: true },
        {
          status: status({ phase: 'progressing', stage: name }),
          start: Date.UTC(2026, 11, 1, 9),
          end: Date.UTC(2026, 11, 31),
        },
      ];
      for (const state of states) {
        const { problems, flags } = compile([valid({ ...subject, ...state })], undefined, {
          segments: config.segments,
        });
        expect([problems, Object.keys(flags)]).toEqual([[], [subject.flag]]);
        files += 1;
      }
    }
  }
  expect(files).toBeGreaterThan(200);
});

it('any ladder gives every user what the exposure says, with the treatment and the fallback', () => {
  const names = fc.constantFrom(
    ['on', 'off', 'simple'],
    ['v1', 'v2', 'v3'],
    ['b', 'c', 'a'],
    ['b', 'a', 'c'],
  );
  const crowd = fc.array(fc.tuple(user, fc.uuid()), { minLength: 20, maxLength: 40 });
  const lists = fc.record({
    allow: fc.subarray(['ada', 'bob']),
    block: fc.subarray(['bob', 'cy']),
  });
  fc.assert(
    fc.property(
      ladder,
      lists,
      names,
      crowd,
      fc.boolean(),
      (stages, more, named, users, degraded) => {
        const [treatment = '', control = '', fallback = ''] = named;
        const variants = Object.fromEntries(named.map((name) => [name, `value of ${name}`]));
        for (const { name } of stages) {
          const subject = at(name, {
            stages,
            ...more,
            variants,
            treatment,
            control,
            fallback,
            bucketBy: 'account',
            status: status({
              phase: degraded ? 'degraded' : 'progressing',
              stage: name,
              serving: degraded ? 'fallback' : 'treatment',
            }),
          });
          const exposure = exposureOf(subject);
          if (!exposure) throw new Error('its stage is gone');
          const { variationOf, flags } = compile([valid(subject)]);
          for (const [{ id, ...rest }, account] of users) {
            const person = { id, ...rest, bucket: bucketOf(subject, account) };
            const context = contextOf(person);
            const variation = variationOf(FLAG, id, { ...context, account });
            expect(flags[FLAG]?.variations[variation]).toBe(
              `value of ${isExposedTo(exposure, person) ? exposure.variant : control}`,
            );
          }
        }
      },
    ),
    { numRuns: 100 },
  );
});

it('takes another name for a fallback whose own is sorted to the other side of the control', () => {
  const names = {
    variants: { v2: 'b', v1: 'a', popular: 'p' },
    treatment: 'v2',
    control: 'v1',
    fallback: 'popular',
  };
  const degraded = status({ phase: 'degraded', stage: 'early', serving: 'fallback' });
  const { flags } = compile([valid(at('early', { ...names, status: degraded }))]);
  expect(flags[FLAG]?.variations).toEqual({ v2: 'b', v1: 'a', popular: 'p', '~popular': 'p' });
  expect(flags[FLAG]?.defaultRule).toEqual({ percentage: { '~popular': 5, v1: 95 } });
  const sameSide = compile([
    valid(
      at('early', {
        ...names,
        control: 'a',
        variants: { ...names.variants, a: 'a' },
        status: degraded,
      }),
    ),
  ]);
  expect(sameSide.flags[FLAG]?.defaultRule).toEqual({ percentage: { popular: 5, a: 95 } });
});

describe('start and end', () => {
  const start = Date.UTC(2026, 11, 1, 9);
  const end = Date.UTC(2026, 11, 31);
  const when = { start, end, allow: ['ada'], stages: [stage('some', { percentage: 30 })] };
  const inside =
    Array.from({ length: 99 }, (_, n) => `u${n}`).find((id) => bucketOf(rollout(), id) < 30_000) ??
    '';

  it.each([
    ['before the start', start - 1_000, 'off'],
    ['at the start', start, 'on'],
    ['before the end', end - 1_000, 'on'],
    ['at the end', end, 'off'],
  ])('%s, by steps of a schedule', (_, now, variation) => {
    for (const more of [when, { ...when, stages: [stage('some')] }]) {
      const { variationOf } = compile([valid(at('some', more))]);
      expect(variationOf(FLAG, 'ada', {}, now)).toBe(variation);
      expect(variationOf(FLAG, inside, {}, now)).toBe(variation);
    }
  });

  it('has no end once it is completed: it is the default by then', () => {
    const done = status({ phase: 'completed', stage: 'some' });
    const { variationOf } = compile([valid(at('some', { ...when, status: done }))]);
    expect(variationOf(FLAG, inside, {}, end + 1)).toBe('on');
    expect(variationOf(FLAG, inside, {}, start - 1)).toBe('off');
  });

  it('has no step where there is neither', () => {
    const { flags } = compile([valid(at('early'))]);
    expect(Object.keys(flags[FLAG] ?? {})).toEqual([
      'variations',
      'targeting',
      'defaultRule',
      'metadata',
    ]);
  });
});

describe('segments', () => {
  it('that compare versions expose nobody, and that is said', () => {
    const segments: Config['segments'] = {
      ...TOLD,
      modern: { attribute: 'version', operator: 'semver', values: ['>=2.0.0'] },
    };
    const stages = [
      stage('some', { segments: ['modern', 'employees'] }),
      stage('more', { segments: ['modern'] }),
    ];
    const { problems, variationOf } = compile([valid(at('more', { stages }))], undefined, {
      segments,
    });
    expect(problems).toEqual([
      `${PATH}: new-checkout@production names the segment \`modern\`, which compares versions: this target cannot, so nobody is exposed through it`,
    ]);
    expect(variationOf(FLAG, 'bob', { version: '2.0.0', email: 'b@else.example' })).toBe('off');
    expect(variationOf(FLAG, 'ada', { version: '1.0.0', email: 'a@acme.example' })).toBe('on');
  });

  it('are told by code points, as Go counts them', () => {
    const segments: Config['segments'] = {
      employees: { attribute: 'team', operator: 'ends_with', values: ['🦆-team'] },
    };
    const { flags } = compile([valid(at('internal'))], undefined, { segments });
    expect(flags[FLAG]?.targeting?.[0]?.query).toBe(
      '{"and":[{"!!":[{"var":"team"}]},{"==":[{"substr":[{"var":"team"},-6]},"🦆-team"]}]}',
    );
  });
});

describe('nobody is exposed, and no key is needed', () => {
  it.each<[string, Partial<Rollout>]>([
    ['before the start', { status: status({ phase: 'pending' }) }],
    ['when it is killed', { kill: true }],
    [
      'back at control',
      { status: status({ phase: 'rolled-back', stage: 'early', serving: 'control' }) },
    ],
    ['in a stage of 0 %', { stages: [stage('early', { percentage: 0 })] }],
  ])('%s', (_, more) => {
    const { flags, variationOf } = compile([valid(at('early', { bucketBy: 'account', ...more }))]);
    expect(flags[FLAG]?.defaultRule).toEqual({ variation: 'off' });
    expect(variationOf(FLAG, '')).toBe('off');
  });
});

describe('what cannot be read', () => {
  const { file } = rollout();
  const other = rollout({ flag: 'other', file: 'rollouts/other.yaml' });
  const standing = compile([valid(at('early', { start: 5_000 })), valid(other)]);

  it('keeps the entry that stands, byte for byte', () => {
    expect(compile([invalid(file), valid(other)], standing.text).text).toBe(standing.text);
  });

  it('is the control for everyone where its kill switch is set', () => {
    const { flags, variationOf } = compile([invalid(file, true), valid(other)], standing.text);
    expect(variationOf(FLAG, 'ada', { email: 'ada@acme.example' }, 1e13)).toBe('off');
    expect(flags[FLAG]?.metadata).toMatchObject({ killed: true, variant: 'off' });
    expect(flags.other).toEqual(standing.flags.other);
  });

  it.each([
    '{',
    '',
    'null',
    '5',
    'a: &x {metadata: {file: rollouts/new-checkout.yaml, control: off}}\nb: *x',
  ])('has no entry where somebody made the file %s', (text) => {
    expect(compile([invalid(file)], text).flags).toEqual({});
    expect(compile([valid(other)], text).text).toBe(compile([valid(other)]).text);
  });
});

it('writes the same bytes whatever the order of the files, and when it is run again', () => {
  const sources = ['b', 'a', 'on'].map((flag) =>
    valid(rollout({ flag, file: `rollouts/${flag}.yaml` })),
  );
  const { text, flags } = compile(sources);
  expect(Object.keys(flags)).toEqual(['a', 'b', 'on']);
  expect(compile(sources.toReversed()).text).toBe(text);
  expect(compile(sources, text).text).toBe(text);
});

it('writes text that is text to readers of YAML 1.1 too', () => {
  const { text } = compile([
    valid(
      at('full', {
        flag: 'no',
        variants: { yes: 'on', no: '1_000', y: '2026-12-03' },
        treatment: 'yes',
        control: 'no',
        fallback: 'y',
      }),
    ),
  ]);
  const read = load(text) as Readonly<Record<string, Flag>>;
  expect(read.no?.variations).toEqual({ yes: 'on', no: '1_000', y: '2026-12-03' });
  expect(text).not.toMatch(/^ *(?:yes|no|y|on|off):/m);
});
