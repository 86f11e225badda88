import { eventsOf } from '../decide/events.ts';
import type { Notice } from '../decide/outcome.ts';
import { and, NOTHING_DONE } from '../decide/outcome.ts';
import { isStepBack, isStepUp } from '../decide/transition.ts';
import type { Proposal } from '../model/proposal.ts';
import {
  type CompiledTargets,
  compileTargets,
  notCompiled,
  withoutTargets,
} from '../repository/compile-targets.ts';
import { CommandError, type Context } from '../repository/context.ts';
import { failuresOf } from '../repository/failures.ts';
import { problemsOf, readWorld, type World } from '../repository/world.ts';
import type { TickReport } from '../tell/report.ts';
import { type Assessed, assess } from './assess.ts';
import { carryOut, type Done, type Pass } from './carry-out.ts';

/** How often a pass starts over because people keep changing rollouts under it. */
const ATTEMPTS = 5;

/**
 * One tick: read → measure → judge → decide → apply. What is safer is looked up and written first,
 * apart from bumps; everything that moves carries its evidence in the commit.
 *
 * The pass keeps nothing: it may be run twice at once, killed at any point and run again.
 *
 * @throws CommandError `bad-config`, or `busy-branch` where the rollouts never hold still.
 */
export async function reconcile(context: Context): Promise<TickReport> {
  // What does not count is reported also if the attempt that saw it was superseded: it is why a flag
  // moved that a person may think they have kept.
  const notices = new Map<string, Notice>();
  let before: Done = { outcome: NOTHING_DONE, withdrawn: [] };
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    // Before the world: one that is opened after it may be of an entry that this does not know of;
    // and of one that another tick took back, the branch that is read next has the commit.
    const proposals = await context.forge.proposals();
    const world = await readWorld(context);
    const first = await assess(world, context, { proposals });
    const pass = await act(context, world, first, before);
    for (const notice of pass.assessed.notices) notices.set(notice.detail, notice);
    if (pass.superseded) {
      // What failed in an attempt that was superseded is tried again.
      before = { ...pass, outcome: { ...pass.outcome, failures: [], leftOut: [] } };
      continue;
    }
    const { outcome, withdrawn, assessed } = pass;
    const seen = withoutTargets(world, outcome.leftOut);
    const failed = failuresOf(seen, assessed.assessments, outcome.failures);
    const heard = [...notices.values()];
    const events = eventsOf({ ...outcome, failures: failed }, assessed.assessments, heard);
    const unheard = context.dryRun ? [] : await context.notify(world.config.channels, events);
    const failures = [...failed, ...unheard];
    const waiting = proposals.filter(({ ours, state }) => ours && state === 'open');
    return {
      now: context.now,
      head: world.head,
      dryRun: context.dryRun,
      assessments: assessed.assessments,
      outcome: { ...outcome, failures },
      waiting: stillOpen(waiting, pass),
      withdrawn,
      notices: heard,
      problems: problemsOf(world),
    };
  }
  throw new CommandError(
    'busy-branch',
    `rollouts changed ${ATTEMPTS} times during one pass; nothing is lost, run again`,
  );
}

/** Confirms and writes what is to move. Most ticks have nothing to do, and need nothing of what does it. */
async function act(
  context: Context,
  world: World,
  assessed: Assessed,
  before: Done,
): Promise<Pass> {
  const settled = settledTargets(world, assessed);
  if (!settled) return carryOut(context, world, assessed, before);
  const failures = context.dryRun ? [] : notCompiled(settled);
  return { ...before, outcome: and(before.outcome, { failures }), assessed, superseded: false };
}

/** The targets, where they say what the rollouts do, no flag moves and no revert is known. */
function settledTargets(
  world: World,
  { assessments, proposals }: Assessed,
): CompiledTargets | undefined {
  const moves = assessments.some(({ decision }) => isStepBack(decision) || isStepUp(decision));
  const known = proposals.some(({ ours, disposable }) => ours || disposable);
  if (moves || known) return undefined;
  const compiled = compileTargets(world, world.sources);
  return compiled.changed.length === 0 ? compiled : undefined;
}

/** The reverts that wait for people when all is done. */
function stillOpen(before: readonly Proposal[], { outcome, withdrawn }: Done): readonly Proposal[] {
  const made = outcome.offered
    .map(({ proposal }) => proposal)
    .filter(({ state }) => state === 'open');
  const gone = [...withdrawn, ...made].map(({ branch }) => branch);
  return [...before.filter(({ branch }) => !gone.includes(branch)), ...made];
}
