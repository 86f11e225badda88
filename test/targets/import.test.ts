import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rolloutText } from '../../src/commands/import.ts';
import { DEFAULT_CONFIG } from '../../src/files/config/defaults.ts';
import { readRolloutFile } from '../../src/files/read.ts';
import type { Imported } from '../../src/targets/entries/live.ts';
import { importFlagd } from '../../src/targets/flagd/import.ts';
import { importGoFeatureFlag } from '../../src/targets/go-feature-flag/import.ts';
import { NOW } from '../support/builders.ts';
import { flagd } from '../support/flagd.ts';
import { goFeatureFlag } from '../support/go-feature-flag.ts';
import { openFile } from '../support/targets.ts';

const KEYS = Array.from({ length: 20_000 }, (_, n) => `user-${n}`);

/** What is compiled from the rollout that a flag is taken over into. */
function compiled(type: 'flagd' | 'go-feature-flag', [one]: readonly Imported[] = []): string {
  if (!one || !('live' in one)) throw new Error(one?.refused ?? 'no flag');
  const text = rolloutText(one.flag, one.live, { from: 'old', owner: '@acme/web', now: NOW });
  const source = readRolloutFile(`rollouts/${one.flag}.yaml`, text, DEFAULT_CONFIG);
  if (source.kind !== 'valid') throw new Error(`${source.problems[0]?.message} in\n${text}`);
  const target = openFile({ holds: 'flags', type, path: 'new' }, {});
  const { files, problems } = target.plan([{ kind: 'valid', rollout: source.rollout }], undefined);
  expect(problems).toEqual([]);
  return files[0]?.text ?? '';
}

const refusal = ([one]: readonly Imported[] = []): string | undefined =>
  one && 'refused' in one ? one.refused : undefined;

describe('flagd', () => {
  const file = (flag: object): string =>
    JSON.stringify({
      flags: {
        old: {
          state: 'ENABLED',
          variants: { on: true, off: false },
          defaultVariant: 'off',
          ...flag,
        },
      },
    });
  const moved = (text: string, keys: readonly string[] = KEYS): readonly string[] => {
    const [before, after] = [flagd(text), flagd(compiled('flagd', importFlagd(text)))];
    return keys.filter((key) => {
      const context = { targetingKey: key, account: `account of ${key}` };
      return before.variantOf('old', context) !== after.variantOf('old', context);
    });
  };
  const salted = { cat: [{ var: '$flagd.flagKey' }, { var: 'account' }] };
  const among = (...users: readonly string[]) => ({ in: [{ var: 'targetingKey' }, users] });

  it.each<[string, object]>([
    ['off', {}],
    ['on for everybody', { defaultVariant: 'on' }],
    [
      'at 5 %',
      {
        targeting: {
          fractional: [
            ['on', 5],
            ['off', 95],
          ],
        },
      },
    ],
    [
      'at 12.5 %, of eight',
      {
        targeting: {
          fractional: [
            ['on', 1],
            ['off', 7],
          ],
        },
      },
    ],
    ['at half, without weights', { targeting: { fractional: [['on'], ['off']] } }],
    ['split by an attribute', { targeting: { fractional: [salted, ['on', 30], ['off', 70]] } }],
    [
      'with an arm of nothing',
      {
        variants: { a: 1, b: 2, c: 3 },
        defaultVariant: 'b',
        targeting: {
          fractional: [
            ['c', 0],
            ['a', 3],
            ['b', 97],
          ],
        },
      },
    ],
    [
      'with lists',
      {
        targeting: {
          if: [
            among('user-1', 'user-2'),
            'off',
            among('user-2', 'user-3'),
            'on',
            {
              fractional: [
                ['on', 2],
                ['off', 98],
              ],
            },
          ],
        },
      },
    ],
    ['with a list of its own', { targeting: { if: [among('user-1'), 'on', 'off'] } }],
    ['with a list and nothing else', { targeting: { if: [among('user-1'), 'on'] } }],
  ])('a flag %s is taken over, and no user moves', (_, flag) => {
    expect(moved(file(flag))).toEqual([]);
  });

  it('any share either moves nobody, or is refused', () => {
    const arm = fc.tuple(fc.constantFrom('on', 'off', 'other'), fc.nat(200));
    const flag = fc.record({
      defaultVariant: fc.constantFrom('on', 'off', 'other'),
      arms: fc.array(arm, { minLength: 1, maxLength: 3 }),
    });
    let taken = 0;
    fc.assert(
      fc.property(flag, ({ defaultVariant, arms }) => {
        const variants = { on: 'a', off: 'b', other: 'c' };
        const text = file({ variants, defaultVariant, targeting: { fractional: arms } });
        if (refusal(importFlagd(text)) !== undefined) return;
        taken += 1;
        expect(moved(text, KEYS.slice(0, 300))).toEqual([]);
      }),
      { numRuns: 1_000, seed: 7 },
    );
    expect(taken).toBeGreaterThan(20);
  });

  it.each<[string, object, RegExp]>([
    ['is disabled', { state: 'DISABLED' }, /is disabled/],
    [
      'has the control first',
      {
        targeting: {
          fractional: [
            ['off', 95],
            ['on', 5],
          ],
        },
      },
      /let `off` come last/,
    ],
    [
      'is at a third',
      {
        targeting: {
          fractional: [
            ['on', 1],
            ['off', 2],
          ],
        },
      },
      /1 in 3 is no multiple of 0\.001 %/,
    ],
    [
      'has three arms',
      {
        variants: { a: '1', b: '2', c: '3' },
        defaultVariant: 'c',
        targeting: {
          fractional: [
            ['a', 5],
            ['b', 5],
            ['c', 90],
          ],
        },
      },
      /between 3 variants/,
    ],
    [
      'is salted otherwise',
      { targeting: { fractional: [{ var: 'email' }, ['on', 5], ['off', 95]] } },
      /every user would be put in another one/,
    ],
    [
      'has another rule',
      { targeting: { if: [{ ends_with: [{ var: 'email' }, '.example'] }, 'on', 'off'] } },
      /none that a rollout can have: \{"if"/,
    ],
    ['has no default', { defaultVariant: null }, /no default variant/],
    [
      'has one of three for all',
      { variants: { a: '1', b: '2', c: '3' }, defaultVariant: 'c' },
      /cannot be told/,
    ],
  ])('a flag that %s is refused', (_, flag, why) => {
    expect(refusal(importFlagd(file(flag)))).toMatch(why);
  });

  it('a key that is no name of a file is refused', () => {
    const text = JSON.stringify({ flags: { '../../etc': {} } });
    expect(refusal(importFlagd(text))).toMatch(/no name of a rollout/);
  });

  it.each(['', 'flags', '[]', '{}', '{"flags": 1}'])('%j is no file of flags', (text) => {
    expect(importFlagd(text)).toBeUndefined();
  });
});

describe('GO Feature Flag', () => {
  const moved = (text: string): readonly string[] => {
    const before = goFeatureFlag(text);
    const after = goFeatureFlag(compiled('go-feature-flag', importGoFeatureFlag(text)));
    return KEYS.filter(
      (key) =>
        before.variationOf('old', key, { account: key }) !==
        after.variationOf('old', key, { account: key }),
    );
  };
  const file = (more: string, variations = '{"on": true, "off": false}'): string =>
    `old:\n  variations: ${variations}\n  ${more}\n`;

  it.each([
    ['off', 'defaultRule: {variation: "off"}'],
    ['on for everybody', 'defaultRule: {variation: "on"}'],
    ['at 5 %', 'defaultRule: {percentage: {"on": 5, "off": 95}}'],
    ['at a share that binary cuts off', 'defaultRule: {percentage: {"on": 1.001, "off": 98.999}}'],
    [
      'split by an attribute',
      'bucketingKey: account\n  defaultRule: {percentage: {"on": 5, "off": 95}}',
    ],
    [
      'with lists',
      `targeting: [{query: 'key in ["user-1", "user-2"]', variation: "on"}, {query: '{"in": [{"var": "targetingKey"}, ["user-3"]]}', variation: "off"}]\n  defaultRule: {percentage: {"on": 50, "off": 50}}`,
    ],
  ])('a flag %s is taken over, and no user moves', (_, flag) => {
    expect(moved(file(flag))).toEqual([]);
  });

  it.each([
    ['{"a": 1, "b": 2}', '{percentage: {a: 20, b: 80}}'],
    ['{"a": 1, "b": 2}', '{percentage: {a: 80, b: 20}}'],
    ['{"a": 1, "b": 2, "c": 3}', '{percentage: {b: 50, c: 50, a: 0}}'],
  ])('of the variations %s at %s, no user moves', (variations, rule) => {
    expect(moved(file(`defaultRule: ${rule}`, variations))).toEqual([]);
  });

  it.each([
    ['disable: true\n  defaultRule: {variation: "off"}', /has `disable`/],
    [
      'experimentation: {start: 2026-01-01}\n  defaultRule: {variation: "off"}',
      /has `experimentation`/,
    ],
    ['defaultRule: {percentage: {"on": 5, "off": 90}}', /sum to 95/],
    ['defaultRule: {progressiveRollout: {}}', /grows by the clock/],
    [
      'targeting: [{query: email ew "x", variation: "on"}]\n  defaultRule: {variation: "off"}',
      /none that a rollout can have: email ew/,
    ],
    [
      // No list to its grammar, and so nobody's rule.
      `targeting: [{query: 'key in [ "ada" ]', variation: "on"}]\n  defaultRule: {variation: "off"}`,
      /none that a rollout can have/,
    ],
    ['defaultRule: {variation: gone}', /`gone`, which it does not have/],
  ])('a flag with %s is refused', (flag, why) => {
    expect(refusal(importGoFeatureFlag(file(flag)))).toMatch(why);
  });

  it.each(['{', 'text', 'a: &x {}\nb: *x'])('%j is no file of flags', (text) => {
    expect(importGoFeatureFlag(text)).toBeUndefined();
  });
});
