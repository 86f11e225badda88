import { describe, expect, it } from 'vitest';
import { BUILT_IN_LADDERS } from '../../src/files/rollout/ladders.ts';
import { budgetOf } from '../../src/judge/limits/budget.ts';
import type { Check } from '../../src/model/check.ts';
import { check, proportion, rollout, status } from '../support/builders.ts';

const RELATIVE = { maxIncrease: { kind: 'relative', by: 0.05 } } as const;
const stages = BUILT_IN_LADDERS.standard ?? [];

/** What one check may spend in each stage of the standard ladder, of 5 % in all. */
const spent = (one: Check): readonly number[] =>
  stages.map(
    ({ name }) =>
      budgetOf(
        rollout({ stages, checks: [one], status: status({ phase: 'progressing', stage: name }) }),
        one,
        0.95,
      ).alpha,
  );

describe('what chance may do', () => {
  it('is mostly the first stage’s, where the code meets its users', () => {
    const [internal = 0, ...others] = spent(check({ metric: proportion(), limits: { max: 0.01 } }));
    expect(internal).toBeGreaterThan(6 * Math.max(...others));
  });

  it('is not kept for a stage of lists, where nothing is there to be relative to', () => {
    const [internal = 0, canary = 0, ...others] = spent(
      check({ metric: proportion(), limits: RELATIVE }),
    );
    expect(canary).toBeGreaterThan(6 * Math.max(internal, ...others));
  });

  it.each([
    { when: 'a level to be relative to', baseline: { kind: 'value', value: 0.005 } },
    { when: 'a history to be relative to', baseline: { kind: 'offset', by: 7 } },
  ] as const)('is the first stage’s again with $when', ({ baseline }) => {
    const [internal = 0, canary = 0] = spent(
      check({ metric: proportion(), limits: RELATIVE, baseline }),
    );
    expect(internal).toBeGreaterThan(6 * canary);
  });

  it('comes to no more than was promised, whatever is judged where', () => {
    for (const limits of [RELATIVE, { max: 0.01 }, { ...RELATIVE, max: 0.01 }]) {
      const tests = Object.keys(limits).length;
      const sum = spent(check({ metric: proportion(), limits })).reduce(
        (all, each) => all + each,
        0,
      );
      expect(tests * sum).toBeLessThanOrEqual(0.05);
    }
  });
});
