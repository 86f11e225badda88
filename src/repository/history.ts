import { isStepUp } from '../decide/transition.ts';
import { ForgeFailure } from '../forge/error.ts';
import type { Decision } from '../model/decision.ts';
import type { Proposal } from '../model/proposal.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Failure, Seen } from '../tell/report.ts';
import type { Instant } from '../time.ts';
import type { Context } from './context.ts';
import { DEPTH, entryStarts } from './entry-start.ts';
import { revertBranch } from './revert-branch.ts';
import { startsReverted } from './start-reverted.ts';
import type { World } from './world.ts';

export const movesUp: (decision: Decision) => boolean = isStepUp;

export const stepsBack = ({ kind }: Decision): boolean =>
  kind === 'rollback' || kind === 'degrade' || kind === 'pause';

export interface LookedBack {
  readonly rollout: Rollout;
  /** Absent where it has not started. */
  readonly start?: Instant;
  readonly reverts: readonly Proposal[];
  /** It had started, and somebody took that back. */
  readonly startReverted?: boolean;
}

export interface History {
  /** Those of which it is known. */
  readonly entries: readonly LookedBack[];
  readonly failures: readonly Failure[];
}

/** Looks up, in one batch, what the files alone do not say of flags about to move. */
export async function lookBack(
  world: World,
  { forge, now }: Pick<Context, 'forge' | 'now'>,
  moving: readonly Pick<Seen, 'rollout' | 'decision'>[],
): Promise<History> {
  if (moving.length === 0) return { entries: [], failures: [] };
  const { config, head } = world;
  const subjects = moving.map(({ rollout }) => ({
    path: rollout.file,
    revertBranch: revertBranch(rollout, config.environments),
  }));
  try {
    const looked = await forge.lookUp(head.oid, subjects, DEPTH);
    const all = moving.map(({ rollout, decision }) => ({
      rollout,
      decision,
      touches: looked.get(rollout.file)?.touches ?? [],
      restarts: movesUp(decision) ? ('for-up' as const) : ('for-down' as const),
    }));
    const starting = all.filter(({ decision }) => decision.kind === 'start');
    const dated = all.filter((each) => !starting.includes(each));
    const reverted = await startsReverted(forge, starting, config);
    const starts = await entryStarts(forge, dated, { config, now });
    const entries = [
      ...starting.flatMap(({ rollout }, index): LookedBack[] => {
        const startReverted = reverted[index];
        return startReverted === undefined ? [] : [{ rollout, startReverted, reverts: [] }];
      }),
      ...dated.flatMap(({ rollout }, index): LookedBack[] => {
        const reverts = looked.get(rollout.file)?.proposals ?? [];
        const start = starts[index];
        return start === undefined ? [] : [{ rollout, start, reverts }];
      }),
    ];
    const cut = [
      ...starting.filter((_, index) => reverted[index] === undefined),
      ...dated.filter((_, index) => starts[index] === undefined),
    ];
    const shallow =
      'the history ends before it says when the file last changed; run git fetch --unshallow';
    return { entries, failures: cut.length === 0 ? [] : [notConfirmed(cut, shallow)] };
  } catch (error) {
    if (!(error instanceof ForgeFailure)) throw error;
    return { entries: [], failures: [notConfirmed(moving, error.message)] };
  }
}

export const notConfirmed = (
  rollouts: readonly { readonly rollout: Rollout }[],
  detail: string,
): Failure => ({
  code: 'not-confirmed',
  subject: rollouts.map(({ rollout }) => rollout.key).join(', '),
  detail,
});
