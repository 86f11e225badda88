import type { Assessment } from '../decide/assessment.ts';
import { type Move, moveOf } from '../decide/move.ts';
import type { Failure, Notice, Outcome } from '../decide/outcome.ts';
import type { Head, Oid } from '../model/head.ts';
import type { Problem } from '../model/problem.ts';
import type { Proposal } from '../model/proposal.ts';
import type { Instant } from '../time.ts';

/** What one pass over all rollouts saw and did. */
export interface TickReport {
  readonly now: Instant;
  readonly head: Head;
  readonly dryRun: boolean;
  /** One a valid rollout, in the order of the files. */
  readonly assessments: readonly Assessment[];
  /** What became of the moves; its failures are all that the pass left undone. */
  readonly outcome: Outcome;
  /** Every revert that waits for people now, whenever it was opened. */
  readonly waiting: readonly Proposal[];
  readonly withdrawn: readonly Proposal[];
  readonly notices: readonly Notice[];
  readonly problems: readonly Problem[];
}

/** What a pass moved; in a dry run, what it would move. */
export function movesOf({ dryRun, assessments, outcome }: TickReport): readonly Move[] {
  if (!dryRun) return outcome.made.flatMap(({ moves }) => moves);
  return assessments.flatMap((assessment) => {
    const move = moveOf(assessment);
    return move?.lane === 'commit' ? [move] : [];
  });
}

/** What a compilation of the targets did. */
export interface CompileReport {
  /** Paths of targets whose bytes changed. */
  readonly changed: readonly string[];
  readonly commit?: Oid | undefined;
  readonly failures: readonly Failure[];
  readonly problems: readonly Problem[];
  /** How many targets the config has. */
  readonly targets: number;
  readonly dryRun: boolean;
}

/** What a person is told who gave a command. Text is plain; doors dress it up. */
export interface Reply {
  readonly kind: 'ignored' | 'refused' | 'nothing' | 'done' | 'failed' | 'shown';
  /** What happened, or why nothing did. */
  readonly text: string;
  /** What happens next, or what to do. */
  readonly next?: string | undefined;
  readonly commit?: Oid | undefined;
  /** What did not go as wished, though the command was carried out. */
  readonly warnings?: readonly string[] | undefined;
  /** For `status`: the rollouts that were asked for. */
  readonly standing?: readonly Assessment[] | undefined;
}
