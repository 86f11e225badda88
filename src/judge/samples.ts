import type { Check } from '../model/check.ts';
import { currentStage, kindOf, type Rollout } from '../model/rollout.ts';
import type { Duration } from '../time.ts';

/** Whether the check waits for more samples. */
export function tooFew(
  { minSamples }: Check,
  samples: number | undefined,
  elapsed: Duration,
): boolean {
  if (!minSamples) return false;
  const { count, orAfter } = minSamples;
  if (orAfter !== undefined && elapsed >= orAfter) return false;
  return (samples ?? 0) < count;
}

/** A cohort may never be large, and is not like everyone else. */
export function isCohort(rollout: Rollout): boolean {
  const stage = currentStage(rollout)?.stage;
  return stage !== undefined && kindOf(stage) === 'cohort';
}

/** Whether users are given the treatment by chance, so that its share of samples is known. */
export function servesTreatmentByChance(rollout: Rollout): boolean {
  const stage = currentStage(rollout)?.stage;
  return (
    stage !== undefined && kindOf(stage) === 'randomised' && rollout.status.serving === 'treatment'
  );
}

/** How many samples the treatment should have where control has so many. */
export function expectedOf(rollout: Rollout, control: number): number {
  const share = (currentStage(rollout)?.stage.percentage ?? 100) / 100;
  return (control * share) / (1 - share);
}
