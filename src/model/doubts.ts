import type { Approval, Rollout } from './rollout.ts';

/** Keys of a status that a step up rests on, and that Sluice alone may write. */
export type PinnedKey = 'ladder' | 'baseline';

/**
 * What a rollout's status says and Sluice is not known to have written. It counts as absent before a
 * step up; a step back never asks.
 */
export interface Doubts extends Readonly<Partial<Record<PinnedKey, string>>> {
  /** Approvals that do not count, and why. */
  readonly approvals: readonly VoidApproval[];
}

export interface VoidApproval {
  readonly approval: Approval;
  readonly why: string;
}

/** The approvals of a status that count. */
export function withoutVoid(
  { status }: Pick<Rollout, 'status'>,
  doubts: Doubts | undefined,
): readonly Approval[] {
  return status.approvals.filter(
    (given) => !doubts?.approvals.some(({ approval }) => sameApproval(approval, given)),
  );
}

/** A rollout without the levels that Sluice is not known to have pinned: nothing is judged by them. */
export const withoutPinned = (rollout: Rollout, doubts: Doubts | undefined): Rollout =>
  doubts?.baseline === undefined
    ? rollout
    : { ...rollout, status: { ...rollout.status, baseline: {} } };

/** Whether two approvals are one, as a file writes them. */
export function sameApproval(a: Approval, b: Approval): boolean {
  return a.by === b.by && a.stage === b.stage && a.comment === b.comment && a.at === b.at;
}

/** `the approval of ada does not count: its comment was edited, so ada must approve again`. */
export function describeVoid(voided: readonly VoidApproval[]): string {
  return voided
    .map(
      ({ approval: { by }, why }) =>
        `the approval of ${by} does not count: ${why}, so ${by} must approve again`,
    )
    .join('; ');
}
