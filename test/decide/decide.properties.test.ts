import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Known } from '../../src/decide/assessment.ts';
import { decide } from '../../src/decide/decide.ts';
import { transition } from '../../src/decide/transition.ts';
import type { DecisionKind } from '../../src/model/decision.ts';
import { exposureOf } from '../../src/model/exposure.ts';
import { currentStage, kindOf, type Rollout, type Stage } from '../../src/model/rollout.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { windowAt } from '../../src/model/window.ts';
import { apply } from '../support/apply.ts';
import { anyKnown, anyRollout, writtenRollout } from '../support/arbitraries.ts';
import { isExposedTo, user } from '../support/users.ts';

const RUNS = { numRuns: 2_000 };
const UP: readonly DecisionKind[] = ['start', 'advance', 'complete'];

const tick = (rollout: Rollout, known: Known): Rollout =>
  apply(rollout, transition(rollout, decide(rollout, known), known.verdicts, known.now));

/** How far up the treatment is: the index of its stage, -1 where nobody gets it. */
function height(rollout: Rollout): number {
  const { kill, status } = rollout;
  const off = kill || status.phase === 'pending' || status.serving !== 'treatment';
  return off ? -1 : (currentStage(rollout)?.index ?? -1);
}

/** Whether a verdict lets a stage end: it passes, or the design says that it need not. */
function lets(verdict: Verdict, stage: Stage | undefined): boolean {
  const { check, kind } = verdict;
  switch (kind) {
    case 'pass':
      return true;
    case 'warn':
    case 'breach':
      return check.onBreach === 'warn';
    case 'unavailable':
      return !check.required;
    case 'insufficient': {
      if (verdict.reason === 'silent-treatment') return false;
      // What may become a breach holds, unless that breach would only be told.
      if (verdict.reason === 'over-limit-briefly') return check.onBreach === 'warn';
      const cohort = stage !== undefined && kindOf(stage) === 'cohort';
      const alone = ['no-control', 'too-few-samples'].includes(verdict.reason);
      return !check.required || (cohort && alone);
    }
  }
}

it('is total: any rollout and any known have a decision', () => {
  fc.assert(
    fc.property(anyRollout, anyKnown, (rollout, known) => {
      expect(decide(rollout, known).why.text).not.toBe('');
    }),
    RUNS,
  );
});

it('raises nothing that runs without a verdict for every check that says so', () => {
  let raised = 0;
  fc.assert(
    fc.property(writtenRollout, anyKnown, (rollout, known) => {
      fc.pre(rollout.status.phase === 'progressing' && !known.promoted);
      const { kind } = decide(rollout, known);
      if (!UP.includes(kind)) return;
      raised += 1;
      const at = currentStage(rollout);
      expect(known.verdicts.filter((verdict) => !lets(verdict, at?.stage))).toEqual([]);
      expect(known.revert).toEqual({ state: 'none' });
      expect(known.now - (known.entryStart ?? known.now)).toBeGreaterThanOrEqual(
        at?.stage.duration ?? Number.POSITIVE_INFINITY,
      );
    }),
    // Few of them go up: enough that there are always some.
    { numRuns: 6_000 },
  );
  expect(raised).toBeGreaterThan(20);
});

it('promotes past what waits, and never past harm or blindness', () => {
  fc.assert(
    fc.property(writtenRollout, anyKnown, (rollout, known) => {
      const { kind } = decide(rollout, { ...known, promoted: true });
      if (!UP.includes(kind) || rollout.status.phase !== 'progressing') return;
      const stops = known.verdicts.filter(
        (verdict) =>
          verdict.check.onBreach !== 'warn' &&
          (verdict.kind === 'breach' || verdict.kind === 'warn'),
      );
      const blind = known.verdicts.filter(
        (each) => each.kind === 'unavailable' && each.check.required,
      );
      expect([...stops, ...blind]).toEqual([]);
    }),
    RUNS,
  );
});

it('never goes up while killed, standing still or frozen', () => {
  fc.assert(
    fc.property(writtenRollout, anyKnown, (rollout, known) => {
      const { kind } = decide(rollout, known);
      const moving = ['pending', 'progressing'].includes(rollout.status.phase);
      const closed = !known.promoted && windowAt(known.now, known.policy).kind === 'closed';
      if (rollout.kill) expect(kind).toBe('kill');
      if (!moving) expect(UP).not.toContain(kind);
      if (closed) expect(['start', 'advance']).not.toContain(kind);
    }),
    RUNS,
  );
});

const HELD = {
  kind: 'hold',
  why: { code: 'not-compiled', text: 'users would not get it: f.json: cannot' },
  tell: true,
};

it('is held by a target on the way up alone', () => {
  let held = 0;
  fc.assert(
    fc.property(writtenRollout, anyKnown, (rollout, known) => {
      const free = decide(rollout, { ...known, uncompiled: [] });
      const bound = decide(rollout, { ...known, uncompiled: ['f.json: cannot'] });
      const holds = UP.includes(free.kind);
      if (holds) held += 1;
      expect(bound).toEqual(holds ? HELD : free);
    }),
    RUNS,
  );
  expect(held).toBeGreaterThan(20);
});

it('over any run of ticks, the treatment goes up one stage at a time, each on its verdicts or a word', () => {
  let rises = 0;
  fc.assert(
    fc.property(
      writtenRollout,
      fc.array(anyKnown, { minLength: 1, maxLength: 12 }),
      (first, run) => {
        run.reduce((before, known) => {
          const after = tick(before, known);
          const rise = height(after) - height(before);
          if (rise > 0) {
            rises += 1;
            const stage = currentStage(before)?.stage;
            const { phase } = before.status;
            expect(rise).toBe(1);
            expect(['pending', 'progressing']).toContain(phase);
            if (!known.promoted && phase === 'progressing') {
              expect(known.verdicts.filter((verdict) => !lets(verdict, stage))).toEqual([]);
            }
          }
          return after;
        }, first);
      },
    ),
    { numRuns: 1_000 },
  );
  expect(rises).toBeGreaterThan(20);
});

it('leaves a subset exposed when it goes back or degrades', () => {
  let back = 0;
  fc.assert(
    fc.property(writtenRollout, anyKnown, user, (rollout, known, someone) => {
      if (!['rollback', 'degrade', 'kill', 'pause'].includes(decide(rollout, known).kind)) return;
      back += 1;
      const before = exposureOf(rollout);
      const after = exposureOf(tick(rollout, known));
      // A stage that is gone cannot be compared; it goes to off.
      if (before === undefined) {
        if (after) expect(isExposedTo(after, someone)).toBe(false);
        return;
      }
      if (after && isExposedTo(after, someone)) expect(isExposedTo(before, someone)).toBe(true);
    }),
    RUNS,
  );
  expect(back).toBeGreaterThan(100);
});

it('decides the same twice, and a tick run again after it has moved does not move again', () => {
  fc.assert(
    fc.property(writtenRollout, anyKnown, (rollout, known) => {
      expect(decide(rollout, known)).toEqual(decide(rollout, known));
      const { kind } = decide(rollout, known);
      const stage = rollout.stages[(currentStage(rollout)?.index ?? -1) + 1];
      if (!['start', 'advance'].includes(kind) || known.promoted || stage?.duration === 0) return;
      const moved = tick(rollout, known);
      const again = decide(moved, { ...known, entryStart: known.now });
      expect(UP).not.toContain(again.kind);
    }),
    RUNS,
  );
});
