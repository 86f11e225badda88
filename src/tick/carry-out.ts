import { moveOf } from '../decide/move.ts';
import { and, type Outcome } from '../decide/outcome.ts';
import { isStepBack, isStepUp } from '../decide/transition.ts';
import type { Decision } from '../model/decision.ts';
import type { Proposal } from '../model/proposal.ts';
import { apply } from '../repository/apply.ts';
import type { Context } from '../repository/context.ts';
import { isNotCommitted } from '../repository/failures.ts';
import { refreshReverts, withdrawEnded } from '../repository/reverts.ts';
import type { Position, World } from '../repository/world.ts';
import { type Assessed, confirm } from './assess.ts';

/** What a pass has done so far; it stands also where the pass starts over. */
export interface Done {
  readonly outcome: Outcome;
  /** Reverts that were taken back, because their entry is over. */
  readonly withdrawn: readonly Proposal[];
}

/** One attempt at a pass. */
export interface Pass extends Done {
  readonly assessed: Assessed;
  /** Rollouts changed under it: everything has to be read and decided again. */
  readonly superseded: boolean;
}

/**
 * Confirms and writes, what is safer first: nothing that goes up, however long its history takes to
 * look up, keeps a flag from going back.
 */
export async function carryOut(
  context: Context,
  world: World,
  first: Assessed,
  { outcome: before, withdrawn }: Done,
): Promise<Pass> {
  let assessed = first;
  let outcome = before;
  let at: Position = world;
  for (const isMoving of [isStepBack, isStepUp]) {
    // [1] Decide anew, with what history says of their files.
    const moving = keysOf(assessed, isMoving);
    const confirmed = await confirm(assessed, isMoving);
    outcome = and(outcome, { failures: confirmed.failures.slice(assessed.failures.length) });
    assessed = confirmed;
    if (context.dryRun) continue;
    // [2] Whatever goes back of these, a bump that turned out to be none included.
    const back = movesOf(assessed, isStepBack).filter(({ rollout }) => moving.has(rollout.key));
    const applied = await apply(context, world, at, back);
    outcome = and(outcome, applied.outcome);
    if (applied.superseded) return { assessed, outcome, withdrawn, superseded: true };
    ({ at } = applied);
  }
  if (context.dryRun) return { assessed, outcome, withdrawn, superseded: false };

  // [3] Bumps, and targets that are not what the rollouts say.
  const up = movesOf(assessed, isStepUp);
  // A branch that took no commit just now takes none of targets alone either.
  const isRefused = outcome.failures.some(({ code }) => isNotCommitted(code));
  const bumped = await apply(context, world, at, up, { compile: !isRefused || up.length > 0 });
  outcome = and(outcome, bumped.outcome);
  if (bumped.superseded) return { assessed, outcome, withdrawn, superseded: true };

  // [4] Reverts that are still open, and those whose entry is over.
  await refreshReverts(context, world, bumped.at, assessed.assessments, assessed.proposals);
  const ended = await withdrawEnded(context, world, assessed.proposals, bumped.at.sources);
  return { assessed, outcome, withdrawn: [...withdrawn, ...ended], superseded: false };
}

const keysOf = (
  { assessments }: Assessed,
  isMoving: (decision: Decision) => boolean,
): ReadonlySet<string> =>
  new Set(
    assessments.filter(({ decision }) => isMoving(decision)).map(({ rollout }) => rollout.key),
  );

const movesOf = ({ assessments }: Assessed, isMoving: (decision: Decision) => boolean) =>
  assessments
    .filter(({ decision }) => isMoving(decision))
    .flatMap((assessment) => moveOf(assessment) ?? []);
