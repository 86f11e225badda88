/** What the server remembers beside git. Times are milliseconds since 1970. */

export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

export interface Account {
  readonly login: string;
  readonly id: number;
  readonly type: 'User' | 'Bot' | 'Organization';
}

export type Reaction = '+1' | '-1' | 'laugh' | 'confused' | 'heart' | 'hooray' | 'rocket' | 'eyes';

export interface StoredReaction {
  readonly id: number;
  readonly user: Account;
  readonly content: Reaction;
  readonly at: number;
}

export interface Comment {
  readonly id: number;
  /** The issue's or pull request's number. */
  readonly on: number;
  readonly user: Account;
  readonly createdAt: number;
  body: string;
  /** Moves with other things, too. */
  updatedAt: number;
  /** When its text was last changed. */
  editedAt: number | null;
  reactions: StoredReaction[];
}

export interface Label {
  readonly id: number;
  readonly name: string;
  readonly color: string;
}

export interface Closure {
  readonly by: Account;
  readonly at: number;
}

/** An issue, and the part of a pull request that is one. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  readonly user: Account;
  readonly createdAt: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  stateReason: 'completed' | 'not_planned' | 'duplicate' | 'reopened' | null;
  labels: string[];
  assignees: string[];
  updatedAt: number;
  closedAt: number | null;
  /** Each time it was closed, oldest first. */
  readonly closures: Closure[];
  pull: Pull | undefined;
}

export type MergeMethod = 'merge' | 'squash' | 'rebase';

export interface Pull {
  /** `owner/name` of the repository the head branch is in. */
  readonly headRepository: string;
  readonly headOwner: string;
  readonly headRef: string;
  /** The head when it was last looked at; it stays what it was once the pull request is closed. */
  headSha: string;
  baseRef: string;
  baseSha: string;
  draft: boolean;
  maintainerCanModify: boolean;
  mergedAt: number | null;
  mergedBy: Account | null;
  mergeCommit: string | null;
  autoMerge: {
    readonly by: Account;
    readonly method: MergeMethod;
    readonly title?: string | undefined;
    readonly message?: string | undefined;
  } | null;
  reviewers: string[];
  teamReviewers: string[];
  approvals: Set<string>;
}

/** A branch protection rule, or (`ruleset`) a repository ruleset that asks for the same. */
export interface Protection {
  /** A branch name, or a pattern with `*`. The default branch unless given. */
  readonly branch?: string;
  /** Their refusals read differently and have different types. `classic` unless given. */
  readonly kind?: 'classic' | 'ruleset';
  readonly requirePullRequest?: boolean;
  readonly requiredChecks?: readonly string[];
  readonly requiredApprovals?: number;
  /** Nobody may make (or nobody may remove) a branch of this name. */
  readonly restrictCreation?: boolean;
  /** Logins that the rule does not bind: a person's, or a bot's such as `sluice-app[bot]`. */
  readonly bypass?: readonly string[];
}

export interface Settings {
  readonly allowAutoMerge: boolean;
  readonly allowActionsToCreatePullRequests: boolean;
  readonly deleteBranchOnMerge: boolean;
  /** How pull requests may be merged here. */
  readonly mergeMethods: readonly MergeMethod[];
}

export type TokenKind = 'actions' | 'app' | 'user' | 'fork';

/** Something that starts workflow runs, as `on:` names it. */
export interface WorkflowEvent {
  readonly event:
    | 'push'
    | 'pull_request'
    | 'issue_comment'
    | 'issues'
    | 'workflow_dispatch'
    | 'repository_dispatch';
  readonly action?: string;
  readonly ref?: string;
  readonly sha?: string;
  readonly number?: number;
  readonly actor: string;
  /** `setup` where the test itself did it. */
  readonly by: TokenKind | 'setup';
  readonly payload?: unknown;
}

export type PermissionName =
  | 'actions'
  | 'contents'
  | 'issues'
  | 'members'
  | 'metadata'
  | 'pull_requests'
  | 'workflows';

export type Permissions = Readonly<Partial<Record<PermissionName, 'read' | 'write'>>>;
