import {
  type Answer,
  type Increments,
  isAnswerTo,
  type MatchedQuestion,
  type Question,
} from '../model/measurement.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Lookup } from './answers.ts';
import { doubtfulZero, withZero } from './counts/never-seen.ts';
import { type DriftPlan, readDrift } from './drift.ts';
import { judge } from './judge.ts';
import type { Budget } from './limits/budget.ts';
import { type CheckPlan, questionsOf } from './plan.ts';
import { judgeSplit, type SplitPlan, type SplitVerdict } from './split.ts';
import { judgeTrial } from './trials/judge.ts';
import { type TrialLookup, type TrialPlan, trialQuestions } from './trials/plan.ts';
import type { TrialVerdict } from './trials/verdict.ts';

/**
 * What one rollout is judged from: what was asked of providers, and what they answered. The verdicts
 * follow from it and from the rollout's file alone, so whoever keeps it can judge again.
 */
export interface Basis {
  /** One a check, in the order of the file. */
  readonly checks: readonly CheckBasis[];
  /** Absent if nobody counts users. */
  readonly split?: SplitBasis | undefined;
  /** Absent if the stage is neither an experiment nor a shadow run. */
  readonly trial?: TrialBasis | undefined;
}

export interface CheckBasis {
  readonly plan: CheckPlan;
  readonly drift?: DriftPlan | undefined;
  readonly budget: Budget;
  /** In the order of {@link checkQuestions}. */
  readonly answers: readonly Answer[];
  /** What was answered to {@link zeroQuestion}, where it was asked. */
  readonly zero?: Answer | undefined;
}

export interface SplitBasis {
  readonly plan: SplitPlan;
  /** In the order of {@link splitQuestions}. */
  readonly answers: readonly Answer[];
}

export interface TrialBasis {
  readonly plan: TrialPlan;
  /** In the order of {@link trialQuestions}. */
  readonly answers: readonly Answer[];
}

/** What a check asks: its own questions, then the one about drift. */
export const checkQuestions = ({
  plan,
  drift,
}: Pick<CheckBasis, 'plan' | 'drift'>): readonly Question[] => [
  ...questionsOf(plan),
  ...(drift ? [drift.asked.question] : []),
];

/** What is asked about the split of users. */
export const splitQuestions = ({ plan }: Pick<SplitBasis, 'plan'>): readonly Question[] =>
  plan.kind === 'split' ? [plan.question] : [];

/** What was measured of one rollout. */
export interface Measured {
  /** One a check, in the order of the file; empty where nobody is exposed. */
  readonly verdicts: readonly Verdict[];
  /** Whether users are split as the stage asks; absent where nobody counts them. */
  readonly split?: SplitVerdict | undefined;
  /** What an experiment or a shadow run says of the stage, where it is one. */
  readonly trial?: TrialVerdict | undefined;
}

/** Judges everything that a rollout was measured for. */
export const judgeBasis = (rollout: Rollout, { checks, split, trial }: Basis): Measured => ({
  verdicts: checks.map((check) => judgeCheck(rollout, check)),
  split: split && judgeSplitBasis(split),
  trial: trial && judgeTrialBasis(trial),
});

/** What else to ask before a check may pass, once its questions are answered. */
export const zeroQuestion = (rollout: Rollout, basis: CheckBasis): MatchedQuestion | undefined =>
  doubtfulZero(basis.plan, basis.answers, rollout, () => judgeCheck(rollout, basis));

/** Judges a check. Pure, and total: whatever was answered, there is a verdict with a named reason. */
export function judgeCheck(rollout: Rollout, basis: CheckBasis): Verdict {
  const { plan, drift, budget, zero } = basis;
  const answered = lookup(checkQuestions(basis), basis.answers);
  const judged = judge(plan, answered, rollout, budget);
  const verdict = zero ? withZero(judged, zero) : judged;
  const drifted = drift && readDrift(drift, answered);
  return drifted ? { ...verdict, evidence: { ...verdict.evidence, drift: drifted } } : verdict;
}

/**
 * The same without what no verdict depends on: the sums of a mean's treatment from before the evidence,
 * which are long decimals. How many samples it had then stays, because silence is told by gaps between
 * them; so does control, which tells how unevenly events fall.
 */
export function withoutUnused(basis: CheckBasis): CheckBasis {
  const { plan, answers } = basis;
  const [counted, ...others] = answers;
  if (plan.kind !== 'counts' || plan.check.metric.kind !== 'mean') return basis;
  if (counted?.kind !== 'increments') return basis;
  const { question, width, since } = plan;
  const first = Math.ceil((since - question.from) / question.step);
  // The count comes first, then the sum and the sum of squares; then control's.
  const isSum = (part: number): boolean => part > 0 && part < width;
  const found = counted.found.map((part, place) => (isSum(place) ? growthFrom(part, first) : part));
  return { ...basis, answers: [{ ...counted, found }, ...others] };
}

/** What was counted from an interval on. */
function growthFrom(part: Increments, first: number): Increments {
  const start = part.places.findIndex((place) => place >= first);
  const kept = start < 0 ? part.places.length : start;
  return { ...part, places: part.places.subarray(kept), by: part.by.subarray(kept) };
}

const judgeSplitBasis = (basis: SplitBasis): SplitVerdict =>
  judgeSplit(basis.plan, lookup(splitQuestions(basis), basis.answers));

function judgeTrialBasis({ plan, answers }: TrialBasis): TrialVerdict {
  const questions = trialQuestions(plan).map(({ question }) => question);
  const answered = lookup(questions, answers);
  const ofTrial: TrialLookup = ({ question }) => answered(question);
  return judgeTrial(plan, ofTrial);
}

/** Finds the answer to a question of the plan that it belongs to. */
function lookup(questions: readonly Question[], answers: readonly Answer[]): Lookup {
  return (question) => {
    const answer = answers[questions.indexOf(question)];
    if (answer && isAnswerTo(question, answer)) return answer;
    throw new Error(`there is no ${question.kind} among the answers`);
  };
}
