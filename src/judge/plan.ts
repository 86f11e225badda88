import type { Check } from '../model/check.ts';
import type { Question } from '../model/measurement.ts';
import type { Instant } from '../time.ts';
import type { PlanContext } from './arms.ts';
import { type CountsPlan, planCounts } from './counts/plan.ts';
import { planDistribution } from './distribution/judge.ts';
import type { DistributionPlan } from './distribution/plan.ts';
import { type GaugePlan, planGauge } from './gauge/plan.ts';
import { twoSamples } from './sampling.ts';

/** Everything to ask a provider before a check can be judged. */
export type CheckPlan = SettlingPlan | GaugePlan | CountsPlan | DistributionPlan;

/** The entry is too young for evidence of its own. */
export interface SettlingPlan {
  readonly kind: 'settling';
  readonly check: Check;
  readonly until: Instant;
}

/** Says what to ask for one check of an exposed rollout. */
export function planCheck(check: Check, context: PlanContext): CheckPlan {
  const since = context.entryStart + context.settle;
  const elapsed = context.now - since;
  const shortest = twoSamples(context);
  if (elapsed < check.for + shortest) {
    return { kind: 'settling', check, until: since + check.for + shortest };
  }
  const { metric } = check;
  switch (metric.kind) {
    case 'gauge':
      return planGauge({ ...check, metric }, elapsed, context);
    case 'distribution':
      return planDistribution({ ...check, metric }, since, context);
    default:
      return planCounts({ ...check, metric }, since, context);
  }
}

/** What a plan asks. */
export function questionsOf(plan: CheckPlan): readonly Question[] {
  switch (plan.kind) {
    case 'settling':
      return [];
    case 'gauge':
      return [
        plan.treatment,
        plan.control,
        plan.baseline,
        plan.samples,
        plan.controlSamples,
      ].filter((question) => question !== undefined);
    case 'counts':
      return [plan.question, plan.baseline].filter((question) => question !== undefined);
    case 'distribution': {
      const { ask } = plan;
      const asked =
        ask.kind === 'buckets'
          ? [ask.question, ask.baseline]
          : [ask.treatment, ask.control, ask.baseline];
      return asked.filter((question) => question !== undefined);
    }
  }
}
