import type { Policy } from '../model/config.ts';
import { currentStage, type Rollout, type Stage } from '../model/rollout.ts';
import { nextOpening } from '../model/window.ts';
import type { Instant } from '../time.ts';

/** A stage that is still to come, and the earliest it can begin if everything passes. */
export interface Forecast {
  readonly stage: Stage;
  /** Absent where the stage is never reached. */
  readonly at?: Instant;
  /** Whether that is because the rollout ends before; otherwise no window opens. */
  readonly ended?: true;
}

/**
 * When each stage will be reached if every check passes and nobody has to be waited for: the dwell
 * of each, then the next moment inside the advance window and outside every freeze.
 *
 * @param entryStart when the present stage began
 */
export function forecast(
  rollout: Rollout,
  policy: Policy,
  now: Instant,
  entryStart?: Instant,
): readonly Forecast[] {
  const { phase } = rollout.status;
  if (rollout.kill || (phase !== 'pending' && phase !== 'progressing')) return [];
  const at = currentStage(rollout);
  const coming = rollout.stages.slice(at ? at.index + 1 : 0);
  const { start = 0 } = rollout;
  let ready: Instant | undefined = at
    ? Math.max(now, Math.max(entryStart ?? now, start) + at.stage.duration)
    : Math.max(now, start);
  return coming.map((stage) => {
    const opens: Instant | undefined = ready === undefined ? undefined : nextOpening(ready, policy);
    ready = opens === undefined ? undefined : opens + stage.duration;
    if (opens === undefined) return { stage };
    return rollout.end !== undefined && opens >= rollout.end
      ? { stage, ended: true }
      : { stage, at: opens };
  });
}
