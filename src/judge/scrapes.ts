import { currentStage } from '../model/rollout.ts';
import { DAY, type Duration, MINUTE, SECOND } from '../time.ts';
import type { PlanContext } from './arms.ts';

/** A server of which nobody said how often it scrapes is taken to do so twice a minute. */
const USUAL: Duration = 30 * SECOND;
/** A stage is looked at so many times at least, where its server scrapes often enough. */
const LOOKS = 30;

type Scraped = Pick<PlanContext, 'scrapeInterval'>;

/** Counters tell how much was counted from one scrape to the next: evidence shorter than two is none. */
export const twoScrapes = ({ scrapeInterval = USUAL }: Scraped): Duration => 2 * scrapeInterval;

/**
 * How far apart looks are at least. A minute, which reaches a day back in one answer; less only
 * where a stage is meant to be over so soon that minutes would hardly tell its beginning from its
 * end, and then never less than two scrapes, so that a look has something to see.
 */
export function finestStep(context: Pick<PlanContext, 'rollout' | 'scrapeInterval'>): Duration {
  const planned = currentStage(context.rollout)?.stage.duration ?? DAY;
  return Math.min(MINUTE, Math.max(twoScrapes(context), planned / LOOKS));
}
