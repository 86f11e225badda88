import type { Config, Policy } from '../model/config.ts';
import type { Json } from '../model/json.ts';
import type { Finding } from '../model/problem.ts';
import { asFindings, type Found } from '../model/review-rule.ts';
import { isExposed, type Rollout } from '../model/rollout.ts';
import {
  type Ladder,
  type LimitsOf,
  ladderOf,
  laddersIn,
  limitsIn,
  limitsOf,
  type MetricsServer,
  type ReadQuery,
  serversIn,
} from './definitions.ts';
import type { Deletion, ReviewContext, Rule } from './rule.ts';
import { ALL_RULES } from './rules.ts';
import type { LiveRollout, TargetsChange } from './targets.ts';

export type { ReviewContext } from './rule.ts';

/** Reviews a valid rollout. `policy.rules` sets how strict each rule is. */
export function review(rollout: Rollout, context: ReviewContext): readonly Finding[] {
  const { written = null, config } = context;
  // What a rollout runs by already was good enough for an earlier Sluice.
  const isMild = isExposed(rollout);
  const subjects: readonly Subject[] = [
    { kind: 'rollout', rollout, context },
    ...limitsOf(rollout, written).map((limits) => ({ kind: 'limits', limits, isMild }) as const),
    ...ladderOf(rollout, written).map((ladder) => ({ kind: 'ladder', ladder }) as const),
  ];
  return subjects.flatMap((subject) => findingsIn(subject, config.policy));
}

/**
 * Reviews what a config defines: servers, limits and ladders.
 *
 * @param written what its file says, before it was read as a config
 */
export function reviewDefinitions(config: Config, written: Json): readonly Finding[] {
  const subjects: readonly Subject[] = [
    ...serversIn(config, written).map((server) => ({ kind: 'server', server }) as const),
    ...limitsIn(config, written).map(
      (limits) => ({ kind: 'limits', limits, isMild: false }) as const,
    ),
    ...laddersIn(config, written).map((ladder) => ({ kind: 'ladder', ladder }) as const),
  ];
  return subjects.flatMap((subject) => findingsIn(subject, config.policy));
}

/** Reviews the queries of a config, by what a parser of PromQL finds in them. */
export function reviewQueries(
  queries: readonly ReadQuery[],
  { policy }: Config,
): readonly Finding[] {
  return queries.flatMap((query) => findingsIn({ kind: 'query', query }, policy));
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
  | { readonly kind: 'credentials'; readonly inForce: Config; readonly after: Config }
  | { readonly kind: 'query'; readonly query: ReadQuery }
  | {
      readonly kind: 'limits';
      readonly limits: LimitsOf;
      /** Whether what would be an error only warns. */
      readonly isMild: boolean;
    }
  | { readonly kind: 'ladder'; readonly ladder: Ladder }
  | { readonly kind: 'server'; readonly server: MetricsServer };

const findingsIn = (subject: Subject, policy: Policy): readonly Finding[] =>
  rulesFor(subject.kind).flatMap((rule) => asFindings(rule, check(rule, subject), policy));

const rulesByKind = new Map<Subject['kind'], readonly Rule[]>();

/** The rules that look at subjects of a kind. Remembered: thousands of rollouts have several each. */
function rulesFor(kind: Subject['kind']): readonly Rule[] {
  const known = rulesByKind.get(kind);
  if (known) return known;
  const rules = ALL_RULES.filter(
    ({ about }) => about === kind || (about === 'users' && kind === 'rollout'),
  );
  rulesByKind.set(kind, rules);
  return rules;
}

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
    case 'query':
      return subject.kind === 'query' ? rule.check(subject.query) : [];
    case 'limits':
      if (subject.kind !== 'limits') return [];
      return subject.isMild
        ? rule.check(subject.limits).map((found) => ({ ...found, severity: 'warning' }))
        : rule.check(subject.limits);
    case 'ladder':
      return subject.kind === 'ladder' ? rule.check(subject.ladder) : [];
    case 'server':
      return subject.kind === 'server' ? rule.check(subject.server) : [];
    // Reading the config has checked it.
    case 'config':
      return [];
  }
}
