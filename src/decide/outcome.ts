import type { Oid } from '../model/head.ts';
import type { Proposal } from '../model/proposal.ts';
import type { LeftOut } from '../model/repository-file.ts';
import type { Move, RolloutMove } from './move.ts';

/** A commit that was made. */
export interface MadeCommit {
  readonly oid: Oid;
  readonly subject: string;
  readonly moves: readonly Move[];
}

/** A move that was offered to people. */
export interface Offer {
  readonly move: RolloutMove;
  readonly proposal: Proposal;
  /** Whether this run opened it; otherwise it was there. */
  readonly opened: boolean;
}

/** Something that should have been done and was not. */
export interface Failure {
  readonly code: /** The config has an error that leaves the rest of it in force: a credential that is refused. */
    | 'bad-config'
    | 'invalid-rollout'
    /** An invalid file says `kill: true`, and not every target does. */
    | 'kill-not-obeyed'
    | 'unavailable'
    /** History could not be looked up: nothing of this goes up. */
    | 'not-confirmed'
    | 'edit-refused'
    | 'commit-refused'
    /** The forge gave no answer and does not show the commit: it may have been made. */
    | 'commit-unanswered'
    | 'proposal-refused'
    /** The forge gave no answer: perhaps it was opened. */
    | 'proposal-failed'
    | 'not-compiled'
    /** A move was committed without the record of its evidence; the message has the verdicts. */
    | 'evidence-not-kept'
    | 'work-tree-behind'
    /** A channel took no message: people may not have heard. */
    | 'not-notified';
  /** The rollout or file it is about. */
  readonly subject: string;
  readonly detail: string;
}

/** Something that people should look at, though nothing was left undone. */
export interface Notice {
  readonly code: /** A revert was closed in a way that is no decision about the flag. */
    | 'decline-not-counted'
    /** Something has the name of a revert and is not what Sluice offered. */
    | 'not-our-revert';
  /** The rollout it is about. */
  readonly subject: string;
  readonly detail: string;
}

/** What became of some moves. */
export interface Outcome {
  readonly made: readonly MadeCommit[];
  readonly offered: readonly Offer[];
  /** Where people were told that a step back could be neither committed nor offered. */
  readonly alarms: readonly string[];
  /** Targets that commits were made without. */
  readonly leftOut: readonly LeftOut[];
  readonly failures: readonly Failure[];
}

export const NOTHING_DONE: Outcome = {
  made: [],
  offered: [],
  alarms: [],
  leftOut: [],
  failures: [],
};

/** One outcome, and what came after it. What failed the same way twice is told once. */
export function and(before: Outcome, after: Partial<Outcome>): Outcome {
  return {
    made: [...before.made, ...(after.made ?? [])],
    offered: [...before.offered, ...(after.offered ?? [])],
    alarms: [...before.alarms, ...(after.alarms ?? [])],
    leftOut: [...before.leftOut, ...(after.leftOut ?? [])],
    failures: [...before.failures, ...(after.failures ?? []).filter(isNew(before.failures))],
  };
}

const isNew =
  (known: readonly Failure[]) =>
  ({ code, subject, detail }: Failure): boolean =>
    !known.some((each) => each.code === code && each.subject === subject && each.detail === detail);

/**
 * The exit code of a run that left this undone: 2 where the config has to be fixed, 1 for anything
 * else, 0 where all was done.
 */
export function exitCodeOf(failures: readonly Failure[]): 0 | 1 | 2 {
  if (failures.some(({ code }) => code === 'bad-config')) return 2;
  return failures.length > 0 ? 1 : 0;
}
