import type { Rollout } from '../model/rollout.ts';
import { rolloutsOf, type World } from '../repository/world.ts';
import type { CommandOrigin } from './already-done.ts';

/** Who says a command, and the world as it was when they did. */
export interface Saying {
  readonly user: string;
  readonly origin: CommandOrigin | undefined;
  readonly first: World;
}

/** The rollout is in another entry than the one the person spoke of. */
export interface Meanwhile {
  /** The stage they saw it in, where that is known. */
  readonly from?: string;
}

/**
 * Whether a rollout moved between a person's word and this moment: because a tick or somebody else
 * was quicker than this run, or because the run began late. `undefined` where it did not.
 */
export function sinceSaid(
  { key, status }: Rollout,
  { origin, first }: Pick<Saying, 'origin' | 'first'>,
): Meanwhile | undefined {
  const before = rolloutsOf(first).find((rollout) => rollout.key === key)?.status;
  if (before && (before.stage !== status.stage || before.since !== status.since)) {
    return before.stage === undefined ? {} : { from: before.stage };
  }
  return origin !== undefined && (status.since ?? 0) > origin.since ? {} : undefined;
}

/** Where a rollout that moved is now, for a sentence about it. */
export function whereNow({ status: { phase, stage } }: Rollout): string {
  if (stage === undefined) return 'is off now';
  return phase === 'rolled-back'
    ? `went back to ${stage} meanwhile`
    : `moved to ${stage} meanwhile`;
}
