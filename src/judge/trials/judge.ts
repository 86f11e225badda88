import type { Answer, CountersAnswer, CountersQuery, Query } from '../../model/measurement.ts';
import { judgeExperimentStage } from './experiment.ts';
import type { TrialPlan, TrialQuestion } from './plan.ts';
import { judgeShadowStage } from './shadow.ts';
import type { TrialVerdict } from './verdict.ts';

export { describeNeeds } from './needs.ts';

/** What providers answered to the questions of a plan. */
export interface TrialAnswers {
  series(question: TrialQuestion<Query>): Answer;
  counters(question: TrialQuestion<CountersQuery>): CountersAnswer;
}

/** Judges a trial: what was asked and answered → a verdict with its figures. Pure, and total. */
export function judgeTrial(plan: TrialPlan, answers: TrialAnswers): TrialVerdict {
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
      return judgeExperimentStage(plan, (question) => answers.counters(question));
    case 'shadow':
      return judgeShadowStage(plan, answers);
  }
}
