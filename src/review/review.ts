import type { Config, Policy } from '../model/config.ts';
import type { Finding } from '../model/problem.ts';
import { asFindings, type Found } from '../model/review-rule.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Deletion, ReviewContext, Rule } from './rule.ts';
import { ALL_RULES } from './rules.ts';
import type { LiveRollout, TargetsChange } from './targets.ts';

export type { ReviewContext } from './rule.ts';

/** Reviews a valid rollout. `policy.rules` sets how strict each rule is. */
export function review(rollout: Rollout, context: ReviewContext): readonly Finding[] {
  return findingsIn({ kind: 'rollout', rollout, context }, context.config.policy);
}

/** Reviews only what becomes of users, when a change to the config changes that. */
export function reviewUsers(rollout: Rollout, context: ReviewContext): readonly Finding[] {
  return findingsIn({ kind: 'users', rollout, context }, context.config.policy);
}

/** Reviews what leaves a rollout without a file. */
export function reviewDeleted(
  rollout: Rollout,
  config: Config,
  how: Deletion['how'] = 'deleted',
): readonly Finding[] {
  return findingsIn({ kind: 'deletion', rollout, deletion: { config, how } }, config.policy);
}

/** Reviews what a change to the config's targets does to users; the findings are about the config. */
export function reviewTargets(
  live: readonly LiveRollout[],
  before: Config,
  after: Config,
): readonly Finding[] {
  return findingsIn({ kind: 'targets', change: { live, before, after } }, after.policy);
}

/**
 * Reviews where a change to the config sends credentials; the findings are about the config. The
 * policy in force says how strict this is: a change may not switch off its own review.
 */
export function reviewCredentials(inForce: Config, after: Config): readonly Finding[] {
  return findingsIn({ kind: 'credentials', inForce, after }, inForce.policy);
}

/** What is reviewed. Rules about users look at a rollout as well when only the config changes. */
type Subject =
  | {
      readonly kind: 'rollout' | 'users';
      readonly rollout: Rollout;
      readonly context: ReviewContext;
    }
  | { readonly kind: 'deletion'; readonly rollout: Rollout; readonly deletion: Deletion }
  | { readonly kind: 'targets'; readonly change: TargetsChange }
  | { readonly kind: 'credentials'; readonly inForce: Config; readonly after: Config };

const findingsIn = (subject: Subject, policy: Policy): readonly Finding[] =>
  ALL_RULES.flatMap((rule) => asFindings(rule, check(rule, subject), policy));

/** What a rule finds in a subject: nothing in one that it is not about. */
function check(rule: Rule, subject: Subject): readonly Found[] {
  switch (rule.about) {
    case 'rollout':
      return subject.kind === 'rollout' ? rule.check(subject.rollout, subject.context) : [];
    case 'users':
      return subject.kind === 'rollout' || subject.kind === 'users'
        ? rule.check(subject.rollout, subject.context)
        : [];
    case 'deletion':
      return subject.kind === 'deletion' ? rule.check(subject.rollout, subject.deletion) : [];
    case 'targets':
      return subject.kind === 'targets' ? rule.check(subject.change) : [];
    case 'credentials':
      return subject.kind === 'credentials' ? rule.check(subject.inForce, subject.after) : [];
    // Reading the config has checked it.
    case 'config':
      return [];
  }
}
