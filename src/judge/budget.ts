import { currentStage, type Limits, type Rollout } from '../rollout/model.ts';
import { shareOf } from './sequential/alpha.ts';

/** How much of chance one test may use up in this entry, and how sure its intervals are. */
export interface Budget {
  readonly alpha: number;
  readonly confidence: number;
}

/**
 * What each test of a rollout may spend in the entry it is in. The promise is for the rollout as a
 * whole: every limit that may take it back, in every stage and every try, has a share of its own.
 *
 * @param confidence the policy's, such as 0.95
 */
export function budgetOf(rollout: Rollout, confidence: number): Budget {
  const tests = rollout.checks
    .filter(({ metric }) => metric.kind !== 'gauge')
    .reduce((sum, { limits }) => sum + countOf(limits), 0);
  const stage = (currentStage(rollout)?.index ?? 0) + 1;
  const place = { tests, stage, stages: rollout.stages.length, entry: rollout.status.entry };
  return { alpha: shareOf(1 - confidence, place), confidence };
}

const countOf = (limits: Limits): number =>
  Object.values(limits).filter((limit) => limit !== undefined).length;
