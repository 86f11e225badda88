import type { Decision } from './decision.ts';
import type { Facts } from './facts.ts';
import type { Rollout } from './model.ts';
import { progress, start } from './progress.ts';
import { safety } from './safety.ts';
import { none } from './why.ts';

/**
 * Decides what one tick does with one rollout: the rules of the design, in their order. Pure.
 *
 * Safety comes first, in every phase in which anyone is exposed; only a rollout that is
 * progressing, and that nothing has stopped, goes on to the rules of progress.
 */
export function decide(rollout: Rollout, facts: Facts): Decision {
  return (
    safety(rollout, facts) ?? rest(rollout) ?? start(rollout, facts) ?? progress(rollout, facts)
  );
}

/** The phases that wait for a person. */
function rest({ status }: Rollout): Decision | undefined {
  const because = status.reason === undefined ? '' : ` (${status.reason})`;
  switch (status.phase) {
    case 'paused':
      return none('paused', `paused${because}; say resume, restart or rollback`);
    case 'rolled-back':
      return none('rolled-back', `rolled back${because}; say resume or restart`);
    case 'degraded':
      return none('degraded', `serving the fallback${because}; say resume or rollback`);
    case 'completed':
      return none('completed', 'completed and healthy');
    default:
      return undefined;
  }
}
