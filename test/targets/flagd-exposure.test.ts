import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/model/config.ts';
import { BUCKETS, type Exposure, exposureOf } from '../../src/model/exposure.ts';
import { kindOf, type Rollout } from '../../src/model/rollout.ts';
import { ladder } from '../support/arbitraries.ts';
import { rollout, stage, status } from '../support/builders.ts';
import { examples } from '../support/examples.ts';
import { bucketOf, type Flagd, flagd } from '../support/flagd.ts';
import { murmur3 } from '../support/murmur3.ts';
import { contextOf, people, TOLD } from '../support/people.ts';
import { openFile } from '../support/targets.ts';
import { isExposedTo, user } from '../support/users.ts';

const KEYS = 100_000;
/** For a machine that has other things to do. */
const LONG = 120_000;

/** A rollout as flagd has it in one of its stages. */
function inStage(
  subject: Rollout,
  name: string,
  more: Partial<Rollout['status']> = {},
  segments: Config['segments'] = TOLD,
): Stage {
  const moved = { ...subject, status: status({ phase: 'progressing', stage: name, ...more }) };
  const { files, problems } = openFile(
    { holds: 'flags', type: 'flagd', path: 'f.json' },
    segments,
  ).plan([{ kind: 'valid', rollout: moved }], undefined);
  expect(problems).toEqual([]);
  const exposure = exposureOf(moved);
  if (!exposure) throw new Error('its stage is gone');
  return { exposure, flagd: flagd(files[0]?.text ?? '') };
}

interface Stage {
  readonly exposure: Exposure;
  readonly flagd: Flagd;
}

it.each([
  ['', 0, 0],
  ['test', 0, 0xba6bd213],
  ['test', 0x9747b28c, 0x704b81dc],
  ['Hello, world!', 0, 0xc0363e43],
  ['Hello, world!', 0x9747b28c, 0x24884cba],
  ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
])('the reference hashes %j with seed %d as published', (text, seed, hash) => {
  expect(murmur3(text, seed)).toBe(hash);
});

describe.each(examples().rollouts.map((each) => [each.flag, each] as const))(
  '%s',
  (flag, subject) => {
    const crowd = people(KEYS).map((person) => ({
      person: { ...person, bucket: bucketOf(flag, person.id) },
      context: contextOf(person),
    }));

    it(
      `goes to the users of its stage, each of ${KEYS}, and takes nobody out on the way up`,
      () => {
        let before: readonly boolean[] = crowd.map(() => false);
        for (const stage of subject.stages) {
          const { exposure, flagd } = inStage(subject, stage.name);
          const now = crowd.map(
            ({ context }) => flagd.variantOf(flag, context) === exposure.variant,
          );
          const expected = crowd.map(
            ({ person }) => exposure.variant === exposure.control || isExposedTo(exposure, person),
          );
          const wrong = crowd.filter((_, n) => now[n] !== expected[n]);
          expect(wrong.slice(0, 3), stage.name).toEqual([]);
          // Up, nobody leaves. Down, from here to the stage before, only users exposed here change.
          expect(before.filter((was, n) => was && !now[n])).toEqual([]);
          before = stage.shadow ? before : now;
        }
      },
      LONG,
    );

    if (subject.fallback !== subject.control)
      it(
        `gives the fallback to those of ${KEYS} who had the treatment, at every stage`,
        () => {
          const last = subject.stages.filter(({ shadow }) => !shadow);
          expect(last.length).toBeGreaterThan(2);
          for (const { name } of last) {
            const had = inStage(subject, name).flagd;
            const has = inStage(subject, name, { phase: 'degraded', serving: 'fallback' }).flagd;
            const wrong = crowd.filter(({ context }) => {
              const treated = had.variantOf(flag, context) === subject.treatment;
              return (
                has.variantOf(flag, context) !== (treated ? subject.fallback : subject.control)
              );
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
          for (const { name, percentage = 100 } of randomised) {
            const { exposure, flagd } = inStage(subject, name);
            // Whoever a segment exposes anyway says nothing about the share.
            const others = crowd.filter(({ person }) => person.segments.length === 0);
            const exposed = others.filter(
              ({ context }) => flagd.variantOf(flag, context) === exposure.variant,
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

it('half a percent is half a percent', () => {
  const subject = rollout({ stages: [stage('least', { percentage: 0.5 })] });
  const { flagd } = inStage(subject, 'least');
  const keys = people(KEYS).map(({ id }) => id);
  const exposed = keys.filter(
    (targetingKey) => flagd.variantOf(subject.flag, { targetingKey }) === 'on',
  );
  // 500 expected, σ = 22.3.
  expect(Math.abs(exposed.length - 500)).toBeLessThan(5 * Math.sqrt(KEYS * 0.005 * 0.995));
  expect(exposed).toEqual(keys.filter((id) => bucketOf(subject.flag, id) < 500));
});

it('two flags at the same percentage have different users', () => {
  const ids = people(KEYS).map(({ id }) => id);
  const both = ids.filter(
    (id) => bucketOf('one', id) < BUCKETS / 2 && bucketOf('two', id) < BUCKETS / 2,
  );
  const sigma = Math.sqrt(KEYS * 0.25 * 0.75);
  expect(Math.abs(both.length - KEYS / 4)).toBeLessThan(5 * sigma);
});

describe('any ladder', () => {
  const lists = fc.record({
    allow: fc.subarray(['ada', 'bob']),
    block: fc.subarray(['bob', 'cy']),
    bucketBy: fc.constantFrom('targetingKey', 'account'),
  });
  const crowd = fc.array(fc.tuple(user, fc.uuid()), { minLength: 20, maxLength: 40 });

  it('gives every user what the exposure says, at every stage, with the treatment and the fallback', () => {
    fc.assert(
      fc.property(ladder, lists, crowd, fc.boolean(), (stages, more, users, degraded) => {
        const base = rollout({ stages, ...more });
        for (const { name } of stages) {
          const subject = {
            ...base,
            variants: { on: 'new', off: 'old', simple: 'plain' },
            status: status({
              phase: degraded ? 'degraded' : 'progressing',
              stage: name,
              serving: degraded ? 'fallback' : 'treatment',
            }),
          };
          const exposure = exposureOf(subject);
          if (!exposure) throw new Error('its stage is gone');
          const { files } = openFile({ holds: 'flags', type: 'flagd', path: 'f' }, TOLD).plan(
            [{ kind: 'valid', rollout: subject }],
            undefined,
          );
          const evaluator = flagd(files[0]?.text ?? '');
          for (const [{ id, ...rest }, account] of users) {
            const key = more.bucketBy === 'account' ? account : id;
            const person = { id, ...rest, bucket: bucketOf(subject.flag, key) };
            expect(evaluator.variantOf(subject.flag, { ...contextOf(person), account })).toBe(
              isExposedTo(exposure, person) ? exposure.variant : exposure.control,
            );
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
