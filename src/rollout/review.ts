import type { Finding } from '../yaml/problem.ts';
import type { Rollout } from './model.ts';
import {
  fallbackIsControl,
  missingCategory,
  noBaseline,
  noChecks,
  noWayBack,
} from './rules/checks.ts';
import {
  jumpToFull,
  noCanary,
  rolloutTooShort,
  shrinkingStage,
  stageTooShort,
} from './rules/ladder.ts';
import type { ReviewContext, Rule } from './rules/rule.ts';
import {
  alreadyExpired,
  endOnCompleted,
  startOutsideWindow,
  statusByHand,
  unknownSegment,
  unknownStage,
} from './rules/state.ts';
import { untoldSegment, untoldVariants } from './rules/targets.ts';
import { mixedArms } from './rules/trials.ts';

export type { ReviewContext } from './rules/rule.ts';

/**
 * Reviews a valid rollout against the rules of the house. `policy.rules` sets how strict each is;
 * the code of a finding is the name of its rule.
 */
export function review(rollout: Rollout, context: ReviewContext): readonly Finding[] {
  return RULES.flatMap((rule) => rule(rollout, context)).flatMap((finding) => {
    const severity = context.config.policy.rules[finding.code] ?? finding.severity;
    return severity === 'off' ? [] : [{ ...finding, severity }];
  });
}

const RULES: readonly Rule[] = [
  jumpToFull,
  noCanary,
  stageTooShort,
  rolloutTooShort,
  shrinkingStage,
  noChecks,
  noWayBack,
  missingCategory,
  noBaseline,
  mixedArms,
  startOutsideWindow,
  unknownStage,
  unknownSegment,
  untoldSegment,
  untoldVariants,
  endOnCompleted,
  fallbackIsControl,
  alreadyExpired,
  statusByHand,
];
