import { judgeExperimentStage } from './experiment.ts';
import type { TrialLookup, TrialPlan } from './plan.ts';
import { judgeShadowStage } from './shadow.ts';
import type { TrialVerdict } from './verdict.ts';

export { describeNeeds } from './needs.ts';

/** Judges a trial: what was asked and answered → a verdict with its figures. Pure, and total. */
export function judgeTrial(plan: TrialPlan, answers: TrialLookup): TrialVerdict {
  switch (plan.kind) {
    case 'settling': {
      const waits = {
        says: 'settling',
        does: 'wait',
        text: 'too young to say',
        notes: [],
      } as const;
      return plan.trial.kind === 'shadow'
        ? { kind: 'shadow', ...waits }
        : { kind: 'experiment', metric: plan.trial.metric.name, ...waits };
    }
    case 'experiment':
      return judgeExperimentStage(plan, answers);
    case 'shadow':
      return judgeShadowStage(plan, answers);
  }
}
