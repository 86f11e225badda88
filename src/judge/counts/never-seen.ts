import type { Answer, IncrementsAnswer, MatchedQuestion } from '../../model/measurement.ts';
import type { Rollout } from '../../model/rollout.ts';
import type { Verdict } from '../../model/verdict.ts';
import { DAY } from '../../time.ts';
import type { CheckPlan } from '../plan.ts';

/** Events that nobody has had for so long may be events that the query cannot see. */
const LOOK_BACK = 30 * DAY;

/**
 * What to ask before "no events" may count as health: whether the events' selector has ever matched a
 * series, of whichever flag and variant. `undefined` unless the verdict would pass on events that were
 * seen in neither arm.
 *
 * A service that never failed has no such series for its new flag, and those of its other flags show that
 * the query can see them.
 */
export function doubtfulZero(
  plan: CheckPlan,
  answers: readonly Answer[],
  rollout: Rollout,
  judge: () => Verdict,
): MatchedQuestion | undefined {
  if (plan.kind !== 'counts') return undefined;
  const { metric } = plan.check;
  if (metric.kind !== 'proportion' || metric.zeroIsNormal) return undefined;
  const [counted] = answers;
  if (counted?.kind !== 'increments' || eventsSeen(counted, plan.width)) return undefined;
  // Last, because it is what costs.
  if (judge().kind !== 'pass') return undefined;
  const { question } = plan;
  const [query = ''] = question.queries;
  const { flag, variants } = rollout;
  return {
    kind: 'matched',
    query,
    from: question.to - LOOK_BACK,
    to: question.to,
    anyOf: [flag, ...Object.keys(variants)],
  };
}

/** Whether the events of either arm, the first query of each, matched a series. */
const eventsSeen = ({ found }: IncrementsAnswer, width: number): boolean =>
  found.some(({ seen }, place) => place % width === 0 && seen);

/** The verdict with what is known of its zero. */
export function withZero(verdict: Verdict, answer: Answer): Verdict {
  const { check, evidence } = verdict;
  if (answer.kind === 'matched') {
    return answer.matched
      ? verdict
      : { kind: 'insufficient', reason: 'never-seen', check, evidence };
  }
  if (answer.kind !== 'unavailable') return verdict;
  // A list of series too long to be read is a list of series.
  return answer.reason === 'too-large' ? verdict : { ...answer, check, evidence };
}
