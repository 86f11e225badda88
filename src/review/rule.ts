import type { ConfigRule } from '../files/config/rules.ts';
import type { Config } from '../model/config.ts';
import type { Json, Path } from '../model/json.ts';
import type { Found, RuleHead } from '../model/review-rule.ts';
import type { Rollout, Stage } from '../model/rollout.ts';
import type { Instant } from '../time.ts';
import type { Ladder, LimitsOf, MetricsServer, ReadQuery } from './definitions.ts';
import type { Difference } from './difference.ts';
import type { TargetsChange } from './targets.ts';

/** A rule about a rollout as its file has it. */
export interface RolloutRule extends RuleHead {
  readonly about: 'rollout';
  readonly check: (rollout: Rollout, context: ReviewContext) => readonly Found[];
}

/** A rule about what a change does to users at once, by a rollout's file or by the config. */
export interface UsersRule extends RuleHead {
  readonly about: 'users';
  readonly check: (rollout: Rollout, context: ReviewContext) => readonly Found[];
}

/** A rule about a rollout as it was before its file went. */
export interface DeletionRule extends RuleHead {
  readonly about: 'deletion';
  readonly check: (rollout: Rollout, deletion: Deletion) => readonly Found[];
}

/** A rule about a change to the config's targets. */
export interface TargetsRule extends RuleHead {
  readonly about: 'targets';
  readonly check: (change: TargetsChange) => readonly Found[];
}

/** A rule about a change to where the config sends credentials. */
export interface CredentialsRule extends RuleHead {
  readonly about: 'credentials';
  readonly check: (inForce: Config, after: Config) => readonly Found[];
}

/** A rule about a query of the config. */
export interface QueryRule extends RuleHead {
  readonly about: 'query';
  readonly check: (query: ReadQuery) => readonly Found[];
}

/** A rule about limits: of a metric in the config, or of a check in a rollout. */
export interface LimitsRule extends RuleHead {
  readonly about: 'limits';
  readonly check: (limits: LimitsOf) => readonly Found[];
}

/** A rule about a list of stages: a ladder of the config, or the stages of a rollout. */
export interface LadderRule extends RuleHead {
  readonly about: 'ladder';
  readonly check: (ladder: Ladder) => readonly Found[];
}

/** A rule about a server that metrics come from. */
export interface ServerRule extends RuleHead {
  readonly about: 'server';
  readonly check: (server: MetricsServer) => readonly Found[];
}

/** One rule of the review: what it looks at, and what it finds there. */
export type Rule =
  | RolloutRule
  | UsersRule
  | DeletionRule
  | TargetsRule
  | CredentialsRule
  | QueryRule
  | LimitsRule
  | LadderRule
  | ServerRule
  | ConfigRule;

export interface ReviewContext {
  readonly config: Config;
  readonly now: Instant;
  /** What the rollout's file says, before it was read as a rollout. */
  readonly written?: Json;
  /** The same file as it was, when a change is reviewed; `new` if there was none. */
  readonly before?: Rollout | 'new';
  /** The same file was invalid: its status as it was written, compared with that of the change. */
  readonly wasInvalid?: 'with-this-status' | 'with-another-status' | 'unreadable';
  /** What the change does to users at once, if there was a valid file before. */
  readonly users?: UserChange;
}

/** A change to who gets what, in words where it is about users. */
export interface UserChange extends Pick<Difference, 'exposed' | 'others' | 'redrawn' | 'dates'> {
  /** Who is in besides, and who is in no more: `5 %`, `25 % of au, nz`. */
  readonly more: readonly string[];
  readonly fewer: readonly string[];
  /** Segments of users who are in, that are defined by something else now. */
  readonly segments: readonly string[];
}

/** How a rollout came to have no file. */
export interface Deletion {
  readonly config: Config;
  readonly how: 'deleted' | 'no longer among `rollouts`';
}

/** The path of a stage's key; the stages of a named ladder are not in this file. */
export function stagePath(stages: readonly Stage[], index: number, key: string): Path {
  return stages[index] === undefined ? ['stages'] : ['stages', index, key];
}
