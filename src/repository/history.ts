import type { Assessment } from '../decide/assessment.ts';
import type { Failure } from '../decide/outcome.ts';
import { isStepUp } from '../decide/transition.ts';
import { ForgeFailure } from '../forge/error.ts';
import type { Proposal } from '../model/proposal.ts';
import type { Rollout } from '../model/rollout.ts';
import type { Instant } from '../time.ts';
import type { Context } from './context.ts';
import { DEPTH, entryStarts } from './entry-start.ts';
import { revertBranch } from './revert-branch.ts';
import { startsReverted } from './start-reverted.ts';
import type { World } from './world.ts';

/** What the branch's history says of a rollout. */
export interface History {
  /** When its entry began; absent where it has not started. */
  readonly entryStart?: Instant;
  /** What has the name of its entry's revert. */
  readonly reverts: readonly Proposal[];
  /** It had started, and somebody took that back. */
  readonly startReverted?: boolean;
}

/** The histories of some rollouts, by their keys; those that are not known are missing. */
export interface Histories {
  readonly known: ReadonlyMap<string, History>;
  readonly failures: readonly Failure[];
}

/** Looks up, in one batch, what the files alone do not say of flags about to move. */
export async function lookBack(
  { config, head }: World,
  { forge, now }: Pick<Context, 'forge' | 'now'>,
  moving: readonly Pick<Assessment, 'rollout' | 'decision'>[],
): Promise<Histories> {
  if (moving.length === 0) return { known: new Map(), failures: [] };
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
      restarts: isStepUp(decision) ? ('for-up' as const) : ('for-down' as const),
    }));
    const starting = all.filter(({ decision }) => decision.kind === 'start');
    const dated = all.filter((each) => !starting.includes(each));
    const reverted = await startsReverted(forge, starting, config);
    const starts = await entryStarts(forge, dated, { config, now });
    const known = new Map<string, History>();
    for (const [i, { rollout }] of starting.entries()) {
      const startReverted = reverted[i];
      if (startReverted !== undefined) known.set(rollout.key, { startReverted, reverts: [] });
    }
    for (const [i, { rollout }] of dated.entries()) {
      const entryStart = starts[i];
      const reverts = looked.get(rollout.file)?.proposals ?? [];
      if (entryStart !== undefined) known.set(rollout.key, { entryStart, reverts });
    }
    const cut = [...starting, ...dated].filter(({ rollout }) => !known.has(rollout.key));
    const shallow =
      'the history ends before it says when the file last changed; run git fetch --unshallow';
    return { known, failures: cut.length === 0 ? [] : [notConfirmed(cut, shallow)] };
  } catch (error) {
    if (!(error instanceof ForgeFailure)) throw error;
    return { known: new Map(), failures: [notConfirmed(moving, error.message)] };
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
