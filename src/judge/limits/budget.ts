import type { Check, Limits } from '../../model/check.ts';
import { isRelative } from '../../model/limits.ts';
import { currentStage, kindOf, type Rollout, type Stage } from '../../model/rollout.ts';
import { shareOf } from '../sequential/alpha.ts';

/** How much of chance one test may use up in this entry, and how sure its intervals are. */
export interface Budget {
  readonly alpha: number;
  readonly confidence: number;
}

/**
 * What each test of a check may spend in the entry that its rollout is in. The promise is for the
 * rollout as a whole: every limit that may take it back, in every stage and every try, has a share
 * of its own. The first stage's larger one goes to the first in which the check can be judged.
 *
 * @param confidence the policy's, such as 0.95
 */
export function budgetOf(rollout: Rollout, check: Check, confidence: number): Budget {
  const { stages, status } = rollout;
  const tests = rollout.checks
    .filter(({ metric }) => metric.kind !== 'gauge')
    .reduce((sum, { limits }) => sum + countOf(limits), 0);
  const first = Math.max(
    0,
    stages.findIndex((stage) => isJudgedIn(stage, check)),
  );
  const stage = (currentStage(rollout)?.index ?? 0) === first ? 1 : 2;
  const place = { tests, stage, stages: stages.length, entry: status.entry };
  return { alpha: shareOf(1 - confidence, place), confidence };
}

/** A stage of lists has no control that relative limits could be held against. */
function isJudgedIn(stage: Stage, { limits, baseline }: Check): boolean {
  const absolute = limits.max !== undefined || limits.min !== undefined;
  return (
    absolute || !isRelative(limits) || baseline.kind !== 'control' || kindOf(stage) !== 'cohort'
  );
}

const countOf = (limits: Limits): number =>
  Object.values(limits).filter((limit) => limit !== undefined).length;
