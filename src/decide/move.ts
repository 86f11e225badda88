import type { TrialVerdict } from '../judge/trials/verdict.ts';
import type { Decision, Lane } from '../model/decision.ts';
import type { Proposal } from '../model/proposal.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Assessment } from './assessment.ts';
import { type EvidenceRecord, recordOf } from './evidence-record.ts';
import { type FieldChange, transition } from './transition.ts';

/** What a move does, as trailers and commit subjects call it. */
export type MoveAction =
  | Exclude<Decision['kind'], 'none' | 'hold'>
  | 'resume'
  | 'restart'
  | 'approve'
  | 'unkill';

/** A person's command behind a move. */
export interface By {
  readonly user: string;
  readonly verb: string;
  readonly reason: string;
  /** What the command came in, where that has a name: `comment-123`. It is carried out once. */
  readonly source?: string | undefined;
}

/** A change to one rollout file. */
export type FileEdit =
  | { readonly kind: 'fields'; readonly path: string; readonly changes: readonly FieldChange[] }
  /** The kill switch, in a file that nobody can parse. */
  | { readonly kind: 'kill'; readonly path: string };

/** One change of one rollout, with its reason and evidence: all that is written or told of it is read here. */
export type Move = RolloutMove | InvalidKill;

interface MoveBase {
  /** One sentence, without a full stop. */
  readonly why: string;
  readonly by?: By | undefined;
  readonly edits: readonly FileEdit[];
  /** Whether it is written to the branch at once, or offered to people. */
  readonly lane: Lane;
}

/** A move of a rollout whose file is valid. */
export interface RolloutMove extends MoveBase {
  readonly of: 'rollout';
  /** As it was before. */
  readonly rollout: Rollout;
  readonly action: MoveAction;
  /** The stage it leads to, where it leads to one. */
  readonly to?: string | undefined;
  readonly verdicts: readonly Verdict[];
  readonly trial?: TrialVerdict | undefined;
  /** What it was decided by; absent if nothing was measured, or a person decided. */
  readonly evidence?: EvidenceRecord | undefined;
  /** Where that is kept in git, once it is written; or why it is not. */
  readonly kept?: KeptRecord | { readonly leftOut: string } | undefined;
  /** Sluice's own reverts that are over and were no answer: it is offered in their place. */
  readonly replaces?: readonly Proposal[] | undefined;
}

/** An evidence record in git: the file, as it is in the commit of the move, and its SHA-256. */
export interface KeptRecord {
  readonly path: string;
  readonly digest: string;
}

/** The one thing that an invalid file obeys. Of several files for one flag, each does. */
export interface InvalidKill extends MoveBase {
  readonly of: 'invalid-file';
  readonly action: 'kill';
  readonly flag: string;
  /** The files, with the first problem of each. */
  readonly where: string;
  readonly by: By;
}

/** What people call the rollout that a move is of. */
export const nameOf = (move: Move): string =>
  move.of === 'rollout' ? move.rollout.key : move.flag;

/** The move that a decision asks for; `undefined` where nothing is to be written. */
export function moveOf(assessment: Assessment): RolloutMove | undefined {
  const { rollout, decision, verdicts, trial, replaces, now } = assessment;
  switch (decision.kind) {
    case 'none':
    case 'hold':
    case 'kill':
      return undefined;
    case 'start':
    case 'advance':
    case 'complete':
    case 'pause':
    case 'rollback':
    case 'degrade':
      return {
        of: 'rollout',
        rollout,
        action: decision.kind,
        to: 'to' in decision ? decision.to?.name : undefined,
        why: decision.why.text,
        verdicts,
        trial,
        evidence: recordOf(assessment),
        replaces,
        edits: fieldsOf(rollout, transition(rollout, decision, verdicts, now)),
        lane: 'lane' in decision ? decision.lane : 'commit',
      };
  }
}

/** Changes to the fields of a rollout's own file. */
export const fieldsOf = (
  { file }: Rollout,
  changes: readonly FieldChange[],
): readonly FileEdit[] => [{ kind: 'fields', path: file, changes }];

/** What takes users back, whether or not every target can follow: a target that cannot is reported. */
const TAKES_BACK: readonly MoveAction[] = ['rollback', 'degrade', 'kill', 'restart'];

export const takesBack = ({ action }: Move): boolean => TAKES_BACK.includes(action);

/** Whether a move makes users safer: neither local edits nor a target that cannot be written stops it. */
export const isSafer = (move: Move): boolean => takesBack(move) || move.action === 'pause';

/** Whether a move is one that people should look into. */
export const stepsDown = ({ action }: Move): boolean =>
  action === 'rollback' || action === 'degrade' || action === 'pause';
