import type { IncrementsQuestion } from '../model/measurement.ts';
import { currentStage, isTargeted, kindOf, type Rollout, type Stage } from '../model/rollout.ts';
import type { Lookup } from './answers.ts';
import { fill, type PlanContext, variantsOf } from './arms.ts';
import { type Counted, countedSince } from './counts/intervals.ts';
import { gridOver } from './counts/plan.ts';
import { finestStep } from './sampling.ts';
import { sampleRatioOverTime } from './statistics/sample-ratio.ts';

/** Where users are counted by the variant they got. */
export interface UsersCounted {
  /** The counters, raw, with `{{variant}}`. */
  readonly users: string;
  /** They count only users who were given their variant by percentage, and nobody from a list. */
  readonly randomisedOnly: boolean;
}

/** What to ask to know whether users are split as the stage asks, or why that cannot be known. */
export type SplitPlan =
  | {
      readonly kind: 'split';
      readonly question: IncrementsQuestion;
      readonly since: number;
      /** The shares of treatment and control, in percent. */
      readonly weights: readonly [number, number];
    }
  | { readonly kind: 'skipped'; readonly reason: SplitSkipped };

/** Why a split is not looked at. */
export type SplitSkipped =
  | 'not-randomised' // nobody is given a variant by chance here
  | 'mixed' // users picked by a list are counted together with those picked by chance
  | 'settling';

/** Whether users are split as asked. */
export type SplitVerdict =
  | { readonly kind: 'skipped'; readonly reason: SplitSkipped }
  | { readonly kind: 'unavailable'; readonly detail: string }
  | CountedSplit;

/** Users as they were counted. */
export interface CountedSplit {
  readonly kind: 'insufficient' | 'match' | 'mismatch';
  /** Treatment and control, since the entry began and had settled. */
  readonly users: readonly [number, number];
  readonly expected: readonly [number, number];
  /** However often one looked; absent where there is too little to tell. */
  readonly p?: number;
}

/** Says what to ask about the split of users in the entry a rollout is in. */
export function planSplit(counted: UsersCounted, context: PlanContext): SplitPlan {
  const { rollout, now } = context;
  const share = shareOf(rollout, counted.randomisedOnly);
  if (typeof share === 'string') return { kind: 'skipped', reason: share };
  const since = context.entryStart + context.settle;
  if (now <= since) return { kind: 'skipped', reason: 'settling' };
  const { treatment, control } = variantsOf(rollout);
  return {
    kind: 'split',
    question: {
      kind: 'increments',
      queries: [treatment, control].map((variant) => fill(counted.users, context, variant)),
      ...gridOver(since, now, { finest: finestStep(context) }),
    },
    since,
    weights: [share, 100 - share],
  };
}

/** The treatment's share of the users who are counted, in percent. */
function shareOf(rollout: Rollout, randomisedOnly: boolean): number | SplitSkipped {
  const at = currentStage(rollout);
  if (
    at === undefined ||
    kindOf(at.stage) !== 'randomised' ||
    rollout.status.serving === 'control'
  ) {
    return 'not-randomised';
  }
  const entered = rollout.stages.slice(0, at.index + 1).filter(({ shadow }) => !shadow);
  const listed = entered.filter(isTargeted);
  // A share of a region is by chance too, but nobody counts who is in the region.
  if (listed.some(isPartial) || (listed.length > 0 && !randomisedOnly)) return 'mixed';
  return Math.max(
    ...entered.filter((stage) => !isTargeted(stage)).map(({ percentage = 100 }) => percentage),
  );
}

const isPartial = ({ percentage = 100 }: Stage): boolean => percentage < 100;

/** Judges the split, on every look since the entry began. */
export function judgeSplit(plan: SplitPlan, answers: Lookup): SplitVerdict {
  if (plan.kind === 'skipped') return plan;
  const answer = answers(plan.question);
  if (answer.kind === 'unavailable') return { kind: 'unavailable', detail: answer.detail };
  const counted = countedSince(answer.found, plan.question, plan.since);
  const ratio = sampleRatioOverTime(
    plan.weights,
    counted.map(({ by }) => by),
  );
  const [treatment = 0, control = 0] = ratio.expected;
  return {
    kind: ratio.kind,
    users: [totalOf(counted, 0), totalOf(counted, 1)],
    expected: [treatment, control],
    ...(ratio.kind === 'insufficient' ? {} : { p: ratio.p }),
  };
}

const totalOf = (counted: readonly Counted[], part: number): number =>
  counted.reduce((sum, { by }) => sum + (by[part] ?? 0), 0);
