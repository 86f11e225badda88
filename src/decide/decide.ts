import type { Decision } from '../model/decision.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Known } from './assessment.ts';
import { progress, start } from './progress.ts';
import { describeDrift, hasDrifted, health, hold, holdAndTell, none } from './reasons.ts';
import { safety } from './safety.ts';
import { isStepUp } from './transition.ts';

/**
 * Decides what one tick does with one rollout: the rules of the design, in their order. Pure.
 *
 * Safety comes first, in every phase in which anyone is exposed; only a rollout that is
 * progressing, and that nothing has stopped, goes on to the rules of progress.
 */
export function decide(rollout: Rollout, known: Known): Decision {
  const decision =
    safety(rollout, known) ??
    rest(rollout, known) ??
    start(rollout, known) ??
    progress(rollout, known);
  return known.badConfig && isStepUp(decision)
    ? hold('bad-config', 'the config has errors, and nothing goes up until it is fixed')
    : decision;
}

/** A completed rollout whose metric is no more what it was: somebody should hear of it. */
function drifted(verdicts: readonly Verdict[]): Decision | undefined {
  const texts = verdicts.filter(hasDrifted).map(describeDrift);
  return texts.length === 0 ? undefined : holdAndTell('drifted', texts.join('; '));
}

/** The phases that wait for a person. */
function rest({ status }: Rollout, { verdicts }: Known): Decision | undefined {
  const because = status.reason === undefined ? '' : ` (${status.reason})`;
  switch (status.phase) {
    case 'paused':
      return none('paused', `paused${because}; say resume, restart or rollback`);
    case 'rolled-back':
      return none('rolled-back', `rolled back${because}; say resume or restart`);
    case 'degraded':
      return none('degraded', `serving the fallback${because}; say resume or rollback`);
    case 'completed':
      return drifted(verdicts) ?? none('completed', `completed; ${health(verdicts)}`);
    default:
      return undefined;
  }
}
