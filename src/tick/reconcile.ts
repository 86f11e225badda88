import type { Proposal } from '../model/proposal.ts';
import {
  type CompiledTargets,
  compileTargets,
  notCompiled,
  withoutTargets,
} from '../repository/compile-targets.ts';
import { CommandError, type Context } from '../repository/context.ts';
import { failuresOf } from '../repository/failures.ts';
import { movesUp, stepsBack } from '../repository/history.ts';
import { problemsOf, readWorld, type World } from '../repository/world.ts';
import type { Notice, TickReport } from '../tell/report.ts';
import { carryOut, type Done } from './apply.ts';
import { type Observation, observe, type Pass } from './observe.ts';

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
  const done: Done = {
    commits: [],
    proposals: [],
    alarms: [],
    withdrawn: [],
    leftOut: [],
    failures: [],
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    // Before the world: one that is opened after it may be of an entry that this does not know of;
    // and of one that another tick took back, the branch that is read next has the commit.
    const proposals = await context.forge.proposals();
    const world = await readWorld(context);
    const pass = await observe(world, context, { proposals });
    // What failed in an attempt that was superseded is tried again.
    done.failures.length = 0;
    done.leftOut.length = 0;
    const observations = await act(context, world, pass, done);
    for (const notice of pass.notices()) notices.set(notice.detail, notice);
    if (observations === 'superseded') continue;
    const { leftOut, ...made } = done;
    const waiting = pass.proposals.filter(({ ours, state }) => ours && state === 'open');
    return {
      now: context.now,
      head: world.head,
      dryRun: context.dryRun,
      policy: world.config.policy,
      observations,
      problems: problemsOf(world),
      ...made,
      waiting: stillOpen(waiting, done),
      failures: failuresOf(withoutTargets(world, leftOut), observations, done.failures),
      notices: [...notices.values()],
    };
  }
  throw new CommandError(
    'busy-branch',
    `rollouts changed ${ATTEMPTS} times during one pass; nothing is lost, run again`,
  );
}

/** Most ticks have nothing to do, and need nothing of what carries out. */
async function act(
  context: Context,
  world: World,
  pass: Pass,
  done: Done,
): Promise<readonly Observation[] | 'superseded'> {
  const settled = settledBy(world, pass);
  if (!settled) return carryOut(context, world, pass, done);
  if (!context.dryRun) done.failures.push(...notCompiled(settled));
  return pass.observations;
}

/** The targets, where they say what the rollouts do, no flag moves and no revert is known. */
function settledBy(world: World, pass: Pass): CompiledTargets | undefined {
  const moves = pass.observations.some(({ decision }) => stepsBack(decision) || movesUp(decision));
  const known = pass.proposals.some(({ ours, disposable }) => ours || disposable);
  if (moves || known) return undefined;
  const compiled = compileTargets(world, world.sources);
  return compiled.files.length === 0 ? compiled : undefined;
}

/** The reverts that wait for people when all is done. */
function stillOpen(before: readonly Proposal[], { proposals, withdrawn }: Done) {
  const made = proposals.map(({ proposal }) => proposal).filter(({ state }) => state === 'open');
  const gone = [...withdrawn, ...made].map(({ branch }) => branch);
  return [...before.filter(({ branch }) => !gone.includes(branch)), ...made];
}
