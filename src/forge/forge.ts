import type { Head, Oid } from '../model/head.ts';
import type { Proposal } from '../model/proposal.ts';
import type { LeftOut, RefusedFile, RepositoryFile } from '../model/repository-file.ts';
import type { Instant } from '../time.ts';
import type { Wanted } from './wanted.ts';

/** A file's new text, or `undefined` to delete it. */
export interface FileChange {
  readonly path: string;
  readonly text: string | undefined;
  /** The commit is made without this file if only this file cannot be written. No, unless given. */
  readonly optional?: boolean;
}

export interface CommitOptions {
  /**
   * The commit takes users back: a work tree with local edits, conflicts or a lock does not stop it.
   * The edits stay as they are, and the outcome has a warning.
   */
  readonly urgent?: boolean;
}

/** A commit on the branch that touched a file. */
export interface Touch {
  readonly oid: Oid;
  /** When it reached the branch (committer date along first parents). */
  readonly at: Instant;
  /** History ends here, in a shallow clone: what this commit changed cannot be told. */
  readonly cut?: boolean;
}

/** A commit that touched a file, and what it says of itself. */
export interface FileRecord extends Touch {
  readonly message: string;
  /** Whether this home holds it for a commit of Sluice's own; anybody can word a message. */
  readonly own: boolean;
}

/** How far to look for records, and whom to believe. */
export interface RecordOptions {
  /** Commits a file. */
  readonly limit: number;
  /** On a local repository: whose signature makes a commit Sluice's own. */
  readonly signers?: readonly string[];
}

/** A comment on an issue or a pull request, as it is now. */
export interface Comment {
  readonly author: string;
  /** Whether a person wrote it, rather than a bot. */
  readonly byPerson: boolean;
  readonly body: string;
  readonly createdAt: Instant;
  /** Whether anybody ever changed its text. */
  readonly edited: boolean;
}

/** A file as it was before a commit and after it; absent where no regular UTF-8 file lay there. */
export interface FileBeforeAfter {
  readonly before?: string;
  readonly after?: string;
}

/** A flag that is about to move: its file, and the branch its revert would have. */
export interface Subject {
  readonly path: string;
  readonly revertBranch: string;
}

export interface Looked {
  /** The commits that touched the file, newest first, along first parents. */
  readonly touches: readonly Touch[];
  /** Every revert of this entry that Sluice ever opened, the newest first. */
  readonly proposals: readonly Proposal[];
}

export interface Listing {
  readonly files: readonly RepositoryFile[];
  readonly refused: readonly RefusedFile[];
}

export type CommitOutcome =
  /** `oid` is the head's own where the changes altered nothing: then no commit was made. */
  | {
      readonly kind: 'committed';
      readonly oid: Oid;
      /** Where the branch is, if optional files were written by commits of their own after it. */
      readonly tip?: Oid;
      /** What a person should know although the commit stands (a work tree that could not follow). */
      readonly warning?: string;
      /** Optional files that could not be written. */
      readonly leftOut?: readonly LeftOut[];
    }
  /** The branch is not where it was read; nothing was written. */
  | { readonly kind: 'stale'; readonly head: Head }
  /** The forge will not take a commit here (a protected branch, local edits in the way). */
  | {
      readonly kind: 'refused';
      readonly detail: string;
      /** The forge gave no answer and does not show the commit: it may have been made all the same. */
      readonly unanswered?: boolean;
    };

/** What a person has to do because the forge would let the bot do nothing. */
export interface Alarm {
  /** One alarm a key, however often it is raised. */
  readonly key: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
}

export interface NewProposal {
  readonly branch: string;
  readonly head: Head;
  readonly message: string;
  readonly changes: readonly FileChange[];
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly owners: readonly string[];
  readonly autoMerge: boolean;
  /**
   * Sluice's own of this branch that are over and were no answer: closed by somebody who may not
   * decide, for one. The newest is opened again; if that is impossible, another one takes its place.
   */
  readonly replaces?: readonly Proposal[];
  /**
   * Asked right before it is merged by itself: whether what it was decided on still is so. Where it
   * is not, the proposal stays open. Yes, unless given.
   */
  readonly stillStands?: () => Promise<boolean>;
}

export type ProposalOutcome =
  | { readonly kind: 'opened'; readonly proposal: Proposal }
  /** Sluice's own was already there: an earlier tick, or another one at this moment, was first. */
  | { readonly kind: 'exists'; readonly proposal: Proposal }
  | { readonly kind: 'refused'; readonly detail: string };

/** Why a question about people has no answer, and what to do about it. */
export interface CannotTell {
  readonly unknown: string;
  /** The forge gave no answer just now; otherwise a setting keeps it from us. */
  readonly noAnswer?: boolean;
}

/** Who says a command. */
export type Permission = 'none' | 'read' | 'write' | 'admin';

/**
 * Where rollouts live. Two homes: a local git repository, and GitHub. It stores and says what
 * happened; it decides nothing. Writes are conditional on the head that was read and are never
 * blindly repeated.
 */
export interface Forge {
  /** The branch head now. Read once a pass. */
  head(): Promise<Head>;
  /** Files of one commit, in the order of their paths. `maxBytes` bounds each file. */
  read(oid: Oid, wanted: Wanted, options: { readonly maxBytes: number }): Promise<Listing>;
  /** What must be known of flags before they move up, in as few requests as there can be. */
  lookUp(
    oid: Oid,
    subjects: readonly Subject[],
    limit: number,
  ): Promise<ReadonlyMap<string, Looked>>;
  /** One file at one commit, or `undefined` where no regular UTF-8 file of at most 8 MB lies there. */
  readAt(oid: Oid, path: string): Promise<string | undefined>;
  /** What some commits did to a file each, in as few requests as there can be. */
  edits(
    touched: readonly { readonly oid: Oid; readonly path: string }[],
  ): Promise<readonly FileBeforeAfter[]>;
  /**
   * The commits that touched each file, newest first: none comes after one that it is built on. Along
   * all parents, since a record may have reached the branch by a merge.
   */
  records(
    oid: Oid,
    paths: readonly string[],
    options: RecordOptions,
  ): Promise<ReadonlyMap<string, readonly FileRecord[]>>;
  /**
   * A comment of this repository by its number; `undefined` if there is none. A home without comments
   * has no such question.
   */
  readonly comment?: (id: number) => Promise<Comment | undefined>;
  /** The commit's first parent, or `undefined` for a root. */
  parent(oid: Oid): Promise<Oid | undefined>;
  /** The commit's message. */
  message(oid: Oid): Promise<string>;
  /** Paths that differ between two commits: those that are wanted, or all of them. */
  changedPaths(from: Oid, to: Oid, wanted?: Wanted): Promise<readonly string[]>;
  /** One commit on the branch, only if the branch still is at `head`. */
  commit(
    head: Head,
    message: string,
    changes: readonly FileChange[],
    at: Instant,
    options?: CommitOptions,
  ): Promise<CommitOutcome>;
  /**
   * What has the name of a revert and is open, closed, or merged and not withdrawn: for each entry
   * all of Sluice's own, the newest first, and the newest of anybody else's.
   */
  proposals(): Promise<readonly Proposal[]>;
  propose(proposal: NewProposal, at: Instant): Promise<ProposalOutcome>;
  /**
   * Brings what people read of an open proposal up to date, and finishes what an interrupted
   * `propose` left undone; where nobody reads it, nothing.
   */
  refresh(
    proposal: Proposal,
    text: Pick<NewProposal, 'title' | 'body' | 'owners' | 'autoMerge' | 'stillStands'>,
  ): Promise<void>;
  /**
   * Takes back a proposal whose entry is over. Never deletes a person's commits: where there is
   * nothing but those, it answers false.
   */
  withdraw(proposal: Proposal, why: string): Promise<boolean>;
  /**
   * Raises an alarm where people will see it, once. Answers where it is; `undefined` where there
   * is no place for it but the report.
   */
  raise(alarm: Alarm): Promise<string | undefined>;
  /** What this person may do here, looked up now. */
  permission(user: string): Promise<Permission>;
  /** Whether this person is one of the owners (`@user` or `@org/team`). */
  isOwner(user: string, owners: readonly string[]): Promise<boolean | CannotTell>;
}
