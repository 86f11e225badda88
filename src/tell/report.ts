import type { SplitVerdict } from '../judge/split.ts';
import type { TrialVerdict } from '../judge/trials/verdict.ts';
import type { Policy } from '../model/config.ts';
import type { Decision } from '../model/decision.ts';
import type { Head, Oid } from '../model/head.ts';
import type { Problem } from '../model/problem.ts';
import type { Proposal } from '../model/proposal.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Instant } from '../time.ts';

/** One rollout as a pass saw it: what was measured, and what follows from it. */
export interface Seen {
  readonly rollout: Rollout;
  /** When its entry began; absent where it has none. */
  readonly entryStart?: Instant;
  readonly verdicts: readonly Verdict[];
  /** Whether users are split as the stage asks; absent where nobody counts them. */
  readonly split?: SplitVerdict;
  /** Of the experiment or shadow run that its stage is. */
  readonly trial?: TrialVerdict;
  readonly decision: Decision;
}

/** A person's command behind a move. */
export interface By {
  readonly user: string;
  readonly verb: string;
  readonly reason: string;
  /** What the command came in, where that has a name: `comment-123`. It is carried out once. */
  readonly source?: string;
}

/** One rollout that moves, for those who read about it. */
export interface Told {
  readonly rollout: Rollout;
  /** What moved it: a decision, or a command that is none. */
  readonly action: Decision['kind'] | 'resume' | 'restart' | 'approve' | 'unkill';
  readonly to?: string;
  readonly why: string;
  readonly verdicts: readonly Verdict[];
  readonly trial?: TrialVerdict;
  readonly by?: By;
}

/** Whether a decision is carried out at once, rather than offered, or no move at all. */
export function movesNow(decision: Decision): boolean {
  switch (decision.kind) {
    case 'none':
    case 'hold':
    case 'kill':
      return false;
    case 'rollback':
    case 'degrade':
      return decision.lane === 'commit';
    default:
      return true;
  }
}

/** What a pass moved; in a dry run, what it would move. */
export function movesOf({ dryRun, observations, commits }: TickReport): readonly Told[] {
  return dryRun
    ? observations.filter(({ decision }) => movesNow(decision)).map(toldOf)
    : commits.flatMap(({ moves }) => moves);
}

/** Whether a move is one that people should look into. */
export const stepsDown = ({ action }: Told): boolean =>
  action === 'rollback' || action === 'degrade' || action === 'pause';

/** What a pass saw of a rollout, as its readers are told of it. */
export function toldOf({ rollout, decision, verdicts, trial }: Seen): Told {
  return {
    rollout,
    action: decision.kind,
    ...('to' in decision && decision.to ? { to: decision.to.name } : {}),
    why: decision.why.text,
    verdicts,
    ...(trial ? { trial } : {}),
  };
}

/** A commit that a pass made. */
export interface MadeCommit {
  readonly oid: Oid;
  readonly subject: string;
  readonly moves: readonly Told[];
}

/** A revert that a pass offered. */
export interface MadeProposal {
  readonly move: Told;
  readonly proposal: Proposal;
  /** Whether this pass opened it; otherwise it was there. */
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
    | 'work-tree-behind';
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

/** What one pass over all rollouts saw and did. */
export interface TickReport {
  readonly now: Instant;
  readonly head: Head;
  readonly dryRun: boolean;
  /** The policy that was in force. */
  readonly policy: Policy;
  readonly observations: readonly Seen[];
  readonly commits: readonly MadeCommit[];
  readonly proposals: readonly MadeProposal[];
  /** Every revert that waits for people now, whenever it was opened. */
  readonly waiting: readonly Proposal[];
  /** Where people were told that a rollback could not be carried out. */
  readonly alarms: readonly string[];
  readonly withdrawn: readonly Proposal[];
  readonly failures: readonly Failure[];
  readonly notices: readonly Notice[];
  readonly problems: readonly Problem[];
}

/** What a person is told who gave a command. Text is plain; doors dress it up. */
export interface Reply {
  readonly kind: 'ignored' | 'refused' | 'nothing' | 'done' | 'failed' | 'shown';
  /** What happened, or why nothing did. */
  readonly text: string;
  /** What happens next, or what to do. */
  readonly next?: string;
  readonly commit?: Oid;
  /** What did not go as wished, though the command was carried out. */
  readonly warnings?: readonly string[];
  /** For `status`: what was seen. */
  readonly standing?: { readonly seen: readonly Seen[]; readonly policy: Policy };
}
