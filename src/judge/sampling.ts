import { currentStage } from '../model/rollout.ts';
import { DAY, type Duration, MINUTE, SECOND } from '../time.ts';
import type { PlanContext } from './arms.ts';
import type { HearsArms } from './silence.ts';

/** A provider of which nobody said how often it samples is taken to do so twice a minute. */
const USUAL: Duration = 30 * SECOND;
/** A stage is looked at so many times at least, where its provider samples often enough. */
const LOOKS = 30;

/** How an arm is heard: how often its provider samples, and how late it has what happened. */
export const hearingOf = ({
  sampledEvery = USUAL,
  delay = 0,
}: Pick<PlanContext, 'sampledEvery' | 'delay'>): HearsArms => ({ sampledEvery, delay });

/** What was counted is known from one sample to the next: evidence shorter than two is none. */
export const twoSamples = ({ sampledEvery = USUAL }: Pick<PlanContext, 'sampledEvery'>): Duration =>
  2 * sampledEvery;

/**
 * How far apart looks are at least. A minute, which reaches a day back in one answer; less only
 * where a stage is meant to be over so soon that minutes would hardly tell its beginning from its
 * end, and then never less than two samples, so that a look has something to see.
 */
export function finestStep(context: Pick<PlanContext, 'rollout' | 'sampledEvery'>): Duration {
  const planned = currentStage(context.rollout)?.stage.duration ?? DAY;
  return Math.min(MINUTE, Math.max(twoSamples(context), planned / LOOKS));
}
