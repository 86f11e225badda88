import type { Config } from '../model/config.ts';
import type { Finding } from '../model/problem.ts';
import type { Rollout } from '../model/rollout.ts';
import {
  fallbackIsControl,
  missingCategory,
  noBaseline,
  noChecks,
  noWayBack,
} from './rules/checks.ts';
import { newCredentialHosts } from './rules/credentials.ts';
import { datesByHand } from './rules/dates.ts';
import {
  jumpToFull,
  noCanary,
  rolloutTooShort,
  shrinkingStage,
  stageTooShort,
} from './rules/ladder.ts';
import { type Live, reachChanged } from './rules/reach.ts';
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
import { armsChanged, deletedLive, exposureByHand, usersRedrawn } from './rules/users.ts';

export type { ReviewContext } from './rules/rule.ts';

/**
 * Reviews a valid rollout against the rules of the house. `policy.rules` sets how strict each is;
 * the code of a finding is the name of its rule.
 */
export function review(rollout: Rollout, context: ReviewContext): readonly Finding[] {
  return asStrict(
    RULES.flatMap((rule) => rule(rollout, context)),
    context.config,
  );
}

/** Reviews only what becomes of users, where a change to the config changes that. */
export function reviewUsers(rollout: Rollout, context: ReviewContext): readonly Finding[] {
  return asStrict(
    ABOUT_USERS.flatMap((rule) => rule(rollout, context)),
    context.config,
  );
}

/** Reviews what leaves a rollout without a file. */
export function reviewDeleted(
  rollout: Rollout,
  config: Config,
  how: Parameters<typeof deletedLive>[2] = 'deleted',
): readonly Finding[] {
  return asStrict(deletedLive(rollout, config, how), config);
}

/** Reviews what a change to the config's targets does to users; the findings are about the config. */
export function reviewTargets(
  live: readonly Live[],
  before: Config,
  after: Config,
): readonly Finding[] {
  return asStrict(reachChanged(live, before, after), after);
}

/**
 * Reviews where a change to the config sends credentials; the findings are about the config. The
 * policy in force says how strict this is: a change may not switch off its own review.
 */
export function reviewCredentials(inForce: Config, after: Config): readonly Finding[] {
  return asStrict(newCredentialHosts(inForce, after), inForce);
}

function asStrict(findings: readonly Finding[], { policy }: Config): readonly Finding[] {
  return findings.flatMap((finding) => {
    const severity = policy.rules[finding.code] ?? finding.severity;
    return severity === 'off' ? [] : [{ ...finding, severity }];
  });
}

const ABOUT_USERS: readonly Rule[] = [armsChanged, usersRedrawn, exposureByHand, datesByHand];

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
  ...ABOUT_USERS,
];
