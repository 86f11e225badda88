import type { Rollout } from '../model/rollout.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Lookup } from './answers.ts';
import { judgeCounts } from './counts/judge.ts';
import { judgeDistribution } from './distribution/judge.ts';
import { judgeGauge } from './gauge/judge.ts';
import type { Budget } from './limits/budget.ts';
import type { CheckPlan } from './plan.ts';

/**
 * Judges one check: what was asked and answered → a verdict with its evidence. Pure, and total:
 * whatever a provider answered, there is a verdict with a named reason.
 *
 * @param budget how much of chance the check may use up
 */
export function judge(plan: CheckPlan, answers: Lookup, rollout: Rollout, budget: Budget): Verdict {
  switch (plan.kind) {
    case 'settling': {
      const { check, until } = plan;
      const evidence = { query: '', window: check.window, limits: [], warnings: [], points: [] };
      return { kind: 'insufficient', reason: 'settling', until, check, evidence };
    }
    case 'gauge':
      return judgeGauge(plan, answers, rollout);
    case 'counts':
      return judgeCounts(plan, answers, rollout, budget);
    case 'distribution':
      return judgeDistribution(plan, answers, rollout, budget);
  }
}
