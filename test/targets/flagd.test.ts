import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Config, TargetConfigOf } from '../../src/model/config.ts';
import type { Json } from '../../src/model/json.ts';
import type { Rollout } from '../../src/model/rollout.ts';
import type { Source } from '../../src/targets/target.ts';
import { rollout, stage, status, unread } from '../support/builders.ts';
import { examples } from '../support/examples.ts';
import { bucketOf, flagd } from '../support/flagd.ts';
import { openFile } from '../support/targets.ts';

const PATH = 'flags/flagd.json';
const SEGMENTS: Config['segments'] = {
  employees: { attribute: 'email', operator: 'ends_with', values: ['@acme.example'] },
};

function compile(
  sources: readonly Source[],
  standing?: string,
  {
    segments = SEGMENTS,
    ...more
  }: Partial<TargetConfigOf<'flagd'>> & { readonly segments?: Config['segments'] } = {},
) {
  const target = openFile({ holds: 'flags', type: 'flagd', path: PATH, ...more }, segments);
  const { files, problems } = target.plan(sources, standing);
  expect(files.map(({ path }) => path)).toEqual([PATH]);
  const text = files[0]?.text ?? '';
  // Whatever was compiled, flagd takes the file.
  return { text, problems, ...flagd(text), flags: JSON.parse(text).flags };
}

const FLAG = 'new-checkout';
const valid = (subject: Rollout): Source => ({ kind: 'valid', rollout: subject });
const invalid = (file: string, killed = false): Source => unread({ file, killed });
const at = (name: string, more: Partial<Rollout> = {}): Rollout =>
  rollout({
    status: status({ phase: 'progressing', stage: name, since: Date.UTC(2026, 11, 3) }),
    ...more,
  });

/** The first user whose bucket is, or is not, below a weight. */
function someone(flag: string, weight: number, inside = true): string {
  for (let n = 0; ; n += 1) if (bucketOf(flag, `u${n}`) < weight === inside) return `u${n}`;
}
const IN_1 = { targetingKey: someone(FLAG, 1_000) };
const OUT_1 = { targetingKey: someone(FLAG, 1_000, false) };

it('writes a rollout in the terms of flagd', () => {
  const { flags, problems } = compile([valid(at('canary', { allow: ['ada'], block: ['bob'] }))]);
  expect(problems).toEqual([]);
  expect(flags).toEqual({
    'new-checkout': {
      state: 'ENABLED',
      variants: { on: true, off: false, simple: false },
      defaultVariant: 'off',
      targeting: {
        if: [
          { in: [{ var: 'targetingKey' }, ['bob']] },
          'off',
          { in: [{ var: 'targetingKey' }, ['ada']] },
          'on',
          { ends_with: [{ var: 'email' }, '@acme.example'] },
          'on',
          // The treatment first, and 100,000 in all.
          {
            fractional: [
              ['on', 1_000],
              ['off', 99_000],
            ],
          },
        ],
      },
      metadata: {
        file: 'rollouts/new-checkout.yaml',
        environment: 'production',
        phase: 'progressing',
        stage: 'canary',
        since: '2026-12-03T00:00:00Z',
        variant: 'on',
        control: 'off',
        hash_version: 2,
      },
    },
  });
});

it('gives block before allow, and allow before the audiences', () => {
  const { variantOf } = compile([valid(at('canary', { allow: ['ada', 'bob'], block: ['bob'] }))]);
  expect(variantOf(FLAG, { targetingKey: 'ada' })).toBe('on');
  expect(variantOf(FLAG, { targetingKey: 'bob', email: 'bob@acme.example' })).toBe('off');
  expect(variantOf(FLAG, { targetingKey: 'cy', email: 'cy@acme.example' })).toBe('on');
  expect(variantOf(FLAG, { ...IN_1, email: 'dee@else.example' })).toBe('on');
  expect(variantOf(FLAG, OUT_1)).toBe('off');
});

describe('a share of a region', () => {
  const stages = [
    stage('first', { percentage: 5, regions: ['au', 'nz'] }),
    stage('second', { percentage: 1 }),
    stage('third', { percentage: 20, tiers: ['b2c'], regions: ['eu'] }),
  ];
  const { variantOf, flags } = compile([valid(at('third', { stages }))]);

  it('is a share of the users there, beside what everyone has', () => {
    const user = { targetingKey: someoneBetween(1_000, 5_000) };
    expect(variantOf(FLAG, { ...user, region: 'nz' })).toBe('on');
    expect(variantOf(FLAG, { ...user, region: 'us' })).toBe('off');
    expect(variantOf(FLAG, user)).toBe('off');
    expect(variantOf(FLAG, { ...IN_1, region: 'us' })).toBe('on');
  });

  it('asks for the region and the tier together', () => {
    const user = { targetingKey: someoneBetween(5_000, 20_000) };
    expect(variantOf(FLAG, { ...user, region: 'eu', tier: 'b2c' })).toBe('on');
    expect(variantOf(FLAG, { ...user, region: 'eu', tier: 'b2b' })).toBe('off');
    expect(variantOf(FLAG, { ...user, region: 'au', tier: 'b2c' })).toBe('off');
  });

  it('tries the largest share first', () => {
    const weights = JSON.stringify(flags).match(/"on",\d+/g);
    expect(weights).toEqual(['"on",20000', '"on",5000', '"on",1000']);
  });

  it('looks at the attributes that the config names', () => {
    const { variantOf } = compile([valid(at('third', { stages }))], undefined, {
      attributes: { region: 'geo.country', tier: 'plan' },
    });
    const user = { targetingKey: someoneBetween(5_000, 20_000) };
    expect(variantOf(FLAG, { ...user, geo: { country: 'eu' }, plan: 'b2c' })).toBe('on');
    expect(variantOf(FLAG, { ...user, region: 'eu', tier: 'b2c' })).toBe('off');
  });
});

function someoneBetween(from: number, to: number): string {
  for (let n = 0; ; n += 1) {
    const bucket = bucketOf(FLAG, `u${n}`);
    if (bucket >= from && bucket < to) return `u${n}`;
  }
}

describe('nobody is exposed, and the flag stays enabled', () => {
  it.each<[string, Partial<Rollout>]>([
    ['before the start', { status: status({ phase: 'pending' }) }],
    ['when it is killed', { kill: true }],
    [
      'back at control',
      { status: status({ phase: 'rolled-back', stage: 'canary', serving: 'control' }) },
    ],
    ['in a shadow run', { stages: [stage('canary', { shadow: true, percentage: 0 })] }],
    ['in a stage of 0 %', { stages: [stage('canary', { percentage: 0 })] }],
  ])('%s', (_, more) => {
    const { core, flags, variantOf } = compile([valid(at('canary', more))]);
    expect(flags[FLAG]).toMatchObject({ state: 'ENABLED', defaultVariant: 'off' });
    expect(flags[FLAG].targeting).toBeUndefined();
    expect(variantOf(FLAG, { ...IN_1, email: 'ada@acme.example' })).toBe('off');
    // A disabled flag would give the default of the code, here the treatment.
    expect(core.resolveBooleanEvaluation(FLAG, true, IN_1).value).toBe(false);
  });
});

it('names the variant that a shadow run tries out', () => {
  const shadow = at('dark', { stages: [stage('dark', { shadow: true, percentage: 0 })] });
  expect(compile([valid(shadow)]).flags[FLAG].metadata).toMatchObject({
    shadow: 'on',
    mirror: 100_000,
    stage: 'dark',
  });
});

it('gives the fallback to the very users who had the treatment', () => {
  const serving = (where: Partial<Rollout['status']>) =>
    compile([
      valid(at('canary', { status: status({ phase: 'degraded', stage: 'canary', ...where }) })),
    ]);
  const before = serving({ serving: 'treatment' });
  const after = serving({ serving: 'fallback' });
  const moves = Array.from({ length: 20_000 }, (_, n) => ({ targetingKey: `user-${n}` })).map(
    (user) => `${before.variantOf(FLAG, user)} → ${after.variantOf(FLAG, user)}`,
  );
  expect([...new Set(moves)].sort()).toEqual(['off → off', 'on → simple']);
});

it('is the variant and no rule where everyone has it, targeting key or none', () => {
  const { flags, resolve } = compile([valid(at('full'))]);
  expect(flags[FLAG]).toMatchObject({ defaultVariant: 'on' });
  expect(resolve(FLAG, {})).toEqual({ value: true, variant: 'on', reason: 'STATIC' });
});

it('gives control to a user without a targeting key while there are percentages', () => {
  expect(compile([valid(at('early'))]).variantOf(FLAG, {})).toBe('off');
});

it('has no end once it is completed: it is the default by then', () => {
  const end = Date.UTC(2026, 11, 31);
  const dated = (phase: 'progressing' | 'completed') =>
    compile([valid(at('full', { end, status: status({ phase, stage: 'full' }) }))]);
  expect(dated('progressing').flags[FLAG].targeting).toBeDefined();
  expect(dated('completed').flags[FLAG]).toMatchObject({ defaultVariant: 'on' });
  expect(dated('completed').flags[FLAG].targeting).toBeUndefined();
});

describe('start and end', () => {
  const start = Date.UTC(2026, 11, 1, 9);
  const end = Date.UTC(2026, 11, 31);
  const { variantOf } = compile([valid(at('full', { start, end, allow: ['ada'] }))]);
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it.each([
    ['before the start', start - 1_000, 'off'],
    ['at the start', start, 'on'],
    ['before the end', end - 1_000, 'on'],
    ['at the end', end, 'off'],
  ])('%s', (_, now, variant) => {
    vi.setSystemTime(now);
    expect(variantOf(FLAG, { targetingKey: 'ada' })).toBe(variant);
    expect(variantOf(FLAG, { targetingKey: 'bob' })).toBe(variant);
  });
});

describe('a key of its own', () => {
  const { variantOf } = compile([
    valid(at('half', { bucketBy: 'account', stages: [stage('half', { percentage: 50 })] })),
  ]);

  it('puts all users of an account in one bucket', () => {
    for (const inside of [true, false]) {
      const account = someone(FLAG, 50_000, inside);
      for (const targetingKey of ['ada', 'bob', 'cy', 'dee']) {
        expect(variantOf(FLAG, { targetingKey, account })).toBe(inside ? 'on' : 'off');
      }
    }
  });

  it('takes a number for the text of it', () => {
    const number = Array.from({ length: 50 }, (_, n) => n + 1).find(
      (n) => bucketOf(FLAG, `${n}`) < 50_000,
    );
    expect(variantOf(FLAG, { account: number ?? 0 })).toBe('on');
  });

  it('leaves out who has none, rather than all of them in one bucket', () => {
    // Whoever has no key would be in the bucket of the flag's bare name.
    const flag =
      Array.from({ length: 50 }, (_, n) => `flag-${n}`).find(
        (name) => bucketOf(name, '') < 50_000,
      ) ?? '';
    const { variantOf } = compile([
      valid(at('half', { flag, bucketBy: 'account', stages: [stage('half', { percentage: 50 })] })),
    ]);
    for (const account of [undefined, null, '']) {
      expect(
        variantOf(flag, { targetingKey: 'ada', ...(account === undefined ? {} : { account }) }),
      ).toBe('off');
    }
  });
});

describe('segments', () => {
  const inside = (
    operator: Config['segments'][string]['operator'],
    values: string[],
    context: object,
  ): boolean =>
    compile([valid(at('internal'))], undefined, {
      segments: { employees: { attribute: 'x', operator, values } },
    }).variantOf(FLAG, context as Record<string, string>) === 'on';

  it.each<[Config['segments'][string]['operator'], string[], Json, boolean]>([
    ['in', ['a', 'b'], 'b', true],
    ['in', ['abc'], 'b', false],
    ['not_in', ['a', 'b'], 'c', true],
    ['not_in', ['a', 'b'], 'a', false],
    ['starts_with', ['pre'], 'prefix', true],
    ['starts_with', ['pre'], 'a prefix', false],
    ['ends_with', ['@acme.example'], 'ada@acme.example', true],
    ['ends_with', ['@acme.example'], 'ada@acme.example.org', false],
    ['semver', ['>=2.1.0'], '2.1.0', true],
    ['semver', ['>= 2.1.0'], '2.0.9', false],
    ['semver', ['=2.1.0'], 'v2.1.0', true],
    ['semver', ['!=2.1.0'], '2.1.0', false],
    ['semver', ['<2.1.0'], '2.1.0-rc.1', true],
    // To flagd alone, ^2.1.0 is any version 2.
    ['semver', ['^2.1.0'], '2.9.9', true],
    ['semver', ['^2.1.0'], '2.0.9', false],
    ['semver', ['^2.1.0'], '3.0.0', false],
    ['semver', ['~2.1.3'], '2.1.9', true],
    ['semver', ['~2.1.3'], '2.1.2', false],
    ['semver', ['~2.1.3'], '2.2.0', false],
    // As npm reads them, versions before 1.0.0 promise less.
    ['semver', ['^0.2.3'], '0.2.9', true],
    ['semver', ['^0.2.3'], '0.3.0', false],
    ['semver', ['^0.0.3'], '0.0.3', true],
    ['semver', ['^0.0.3'], '0.0.4', false],
    ['semver', ['>=2.1.0'], 'latest', false],
  ])('%s %j: %j is %s', (operator, values, value, expected) => {
    expect(inside(operator, values, { targetingKey: 'ada', x: value })).toBe(expected);
  });

  it.each<[Config['segments'][string]['operator'], string[]]>([
    ['in', ['a', '']],
    ['not_in', ['a']],
    ['starts_with', ['a']],
    ['ends_with', ['a']],
    ['semver', ['!=1.0.0']],
  ])('%s holds nobody without the attribute', (operator, values) => {
    expect(inside(operator, values, { targetingKey: 'ada' })).toBe(false);
  });

  it('hold nobody where the config has none of the name', () => {
    const { variantOf, problems } = compile([valid(at('internal'))], undefined, { segments: {} });
    expect(variantOf(FLAG, { targetingKey: 'ada', email: 'ada@acme.example' })).toBe('off');
    expect(problems).toEqual([]);
  });

  it('hold whoever is in one of them', () => {
    const stages = [stage('some', { segments: ['employees', 'testers', 'gone'] })];
    const { variantOf } = compile([valid(at('some', { stages }))], undefined, {
      segments: { ...SEGMENTS, testers: { attribute: 'tester', operator: 'in', values: ['yes'] } },
    });
    expect(variantOf(FLAG, { tester: 'yes' })).toBe('on');
    expect(variantOf(FLAG, { email: 'ada@acme.example' })).toBe('on');
    expect(variantOf(FLAG, { tester: 'no' })).toBe('off');
  });
});

describe('variants', () => {
  it.each<[string, Rollout['variants'], Json]>([
    ['text', { on: 'v2', off: 'v1', simple: 'v0' }, 'v2'],
    ['numbers', { on: 0, off: 1.5, simple: -3 }, 0],
    ['objects', { on: { a: [1, null] }, off: {}, simple: {} }, { a: [1, null] }],
    ['names that are numbers', { on: '1', off: '0', simple: '2', '10': 'ten' }, '1'],
  ])('are %s', (_, variants, value) => {
    expect(compile([valid(at('full', { variants }))]).resolve(FLAG, {}).value).toEqual(value);
  });

  it.each<[string, Rollout['variants'], string]>([
    [
      'a list',
      { on: [1], off: [], simple: [2] },
      'has a list or nothing as its variant `on`: flagd takes booleans, numbers, text and objects; what stood before stays',
    ],
    [
      'an empty name',
      { on: 1, off: 2, simple: 3, '': 4 },
      'has a variant "", a name flagd does not take; what stood before stays',
    ],
  ])(
    'that flagd does not take (%s) leave what stands, and no flag suffers for it',
    (_, variants, problem) => {
      const standing = compile([
        valid(at('canary')),
        valid(rollout({ flag: 'other', file: 'rollouts/other.yaml' })),
      ]);
      const after = compile(
        [
          valid(at('early', { variants })),
          valid(rollout({ flag: 'other', file: 'rollouts/other.yaml' })),
        ],
        standing.text,
      );
      expect(after.problems[0]).toBe(`${PATH}: new-checkout@production ${problem}`);
      expect(after.text).toBe(standing.text);
      const killed = compile([valid(at('early', { variants, kill: true }))], standing.text);
      expect(killed.variantOf(FLAG, IN_1)).toBe('off');
      // Gone back, and who is still in cannot be written: nobody keeps what was taken back.
      for (const phase of ['rolled-back', 'degraded'] as const) {
        const back = at('canary', { variants, status: status({ phase, stage: 'canary' }) });
        const { variantOf, problems } = compile([valid(back)], standing.text);
        expect(variantOf(FLAG, IN_1)).toBe('off');
        expect(problems[0]).toMatch(/; everybody gets the control$/);
      }
      const { problems } = compile([valid(at('early', { variants }))]);
      expect(problems[0]).toMatch(/; it is left out of the file$/);
    },
  );
});

describe('what cannot be read', () => {
  const file = rollout().file;
  const other = rollout({ flag: 'other', file: 'rollouts/other.yaml' });
  const standing = compile([valid(at('early')), valid(other)]);

  it('keeps the entry that stands, byte for byte', () => {
    const after = compile([invalid(file), valid(other)], standing.text);
    expect(after.text).toBe(standing.text);
    expect(after.problems).toEqual([]);
  });

  it('is the control for everyone where its kill switch is set', () => {
    const after = compile([invalid(file, true), valid(other)], standing.text);
    expect(after.variantOf(FLAG, { ...IN_1, email: 'ada@acme.example' })).toBe('off');
    expect(after.flags[FLAG].metadata).toMatchObject({ killed: true, variant: 'off' });
    expect(after.flags.other).toEqual(standing.flags.other);
  });

  it('is the control where everyone had it, and its kill switch is set', () => {
    const full = compile([valid(at('full'))]);
    expect(full.variantOf(FLAG, {})).toBe('on');
    expect(compile([invalid(file, true)], full.text).variantOf(FLAG, {})).toBe('off');
  });

  it('keeps the entry that stands where its stage is gone, and says where there never was one', () => {
    expect(compile([valid(at('gone')), valid(other)], standing.text).text).toBe(standing.text);
    expect(compile([valid(at('gone'))]).problems).toEqual([
      `${PATH}: new-checkout@production has no stage to compile and never had`,
    ]);
  });

  it('gives way to a valid file of the same flag', () => {
    const moved = at('canary', { file: 'rollouts/moved.yaml' });
    const after = compile([invalid(file), valid(moved)], standing.text);
    expect(after.text).toBe(compile([valid(moved)]).text);
  });

  it.each([
    'not json',
    '',
    'null',
    '[]',
    '5',
    '{"flags": 7}',
    '{"flags": {"a": null, "b": {"metadata": {"file": 5}}}}',
  ])('has no entry where somebody made the file %s', (text) => {
    expect(compile([invalid(file)], text).flags).toEqual({});
    expect(compile([valid(other)], text).text).toBe(compile([valid(other)]).text);
  });
});

it('writes the same bytes whatever the order of the files, and when it is run again', () => {
  const sources = ['b', 'a', 'c'].map((flag) =>
    valid(rollout({ flag, file: `rollouts/${flag}.yaml` })),
  );
  const { text, flags } = compile(sources);
  expect(Object.keys(flags)).toEqual(['a', 'b', 'c']);
  expect(compile(sources.toReversed()).text).toBe(text);
  expect(compile(sources, text).text).toBe(text);
});

it('writes only the flags of its environment', () => {
  const staging = rollout({
    environment: 'staging',
    key: 'new-checkout@staging',
    file: 'rollouts/staging/new-checkout.yaml',
  });
  const { flags } = compile([valid(at('early')), valid(staging)], undefined, {
    environment: 'staging',
  });
  expect(flags[FLAG].metadata).toMatchObject({ environment: 'staging', stage: 'canary' });
});

it('is a file that flagd takes for every example, at every stage', () => {
  const { config, rollouts } = examples();
  for (const subject of rollouts) {
    for (const { name } of subject.stages) {
      const { flags, problems } = compile(
        [valid({ ...subject, status: status({ phase: 'progressing', stage: name }) })],
        undefined,
        { segments: config.segments },
      );
      expect(problems).toEqual([]);
      expect(Object.keys(flags)).toEqual([subject.flag]);
    }
  }
});
