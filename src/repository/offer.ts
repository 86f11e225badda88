import { type Move, nameOf, type RolloutMove } from '../decide/move.ts';
import type { Failure, Offer } from '../decide/outcome.ts';
import { ForgeFailure } from '../forge/error.ts';
import type { NewProposal, ProposalOutcome } from '../forge/forge.ts';
import { commitMessage, commitSubject } from '../tell/commit.ts';
import { alarmBody, alarmTitle, commandBody, revertBody } from '../tell/revert.ts';
import { stillStands } from './commit.ts';
import { compileTargets, optionally } from './compile-targets.ts';
import type { Context } from './context.ts';
import { editSources } from './edit.ts';
import { keepEvidence } from './keep-evidence.ts';
import { revertBranch } from './revert-branch.ts';
import type { Position, World } from './world.ts';

/** What became of an offer. */
export type Offered =
  | { readonly kind: 'offered'; readonly offer: Offer }
  | {
      readonly kind: 'refused';
      /** `proposal-failed`: nobody knows whether it was opened; the next run looks. */
      readonly code: 'edit-refused' | 'proposal-refused' | 'proposal-failed';
      readonly detail: string;
    };

/**
 * Whether a move is worth offering to people where it is not committed: a step back that the metrics
 * ask for, and a command that makes users safer, if it has a name that a repeated run finds again.
 */
export function isOfferable(move: Move): move is RolloutMove {
  if (move.of !== 'rollout') return false;
  return move.by === undefined
    ? STEPS_BACK.includes(move.action)
    : move.by.source !== undefined && SAFER.includes(move.action);
}

const STEPS_BACK: readonly Move['action'][] = ['rollback', 'degrade'];
const SAFER: readonly Move['action'][] = ['rollback', 'kill', 'pause'];

/** Offers a move for people to merge: one branch an entry, or a comment, however often it is run. */
export async function offer(
  context: Pick<Context, 'forge' | 'now'>,
  world: World,
  at: Position,
  move: RolloutMove,
): Promise<Offered> {
  const { rollout } = move;
  const { moves: kept, files: records } = keepEvidence([move]);
  const edited = editSources(world, at.sources, [move]);
  const detail = edited.refused.get(rollout.file);
  if (detail !== undefined) return { kind: 'refused', code: 'edit-refused', detail };
  const compiled = compileTargets(world, edited.sources, at.standing).files;
  const outcome = await propose(context, {
    head: at.head,
    message: commitMessage(kept),
    changes: [
      ...edited.files,
      ...optionally(records),
      // A target that is not there yet comes with the first tick, and would be added twice.
      ...optionally(compiled.filter(({ path }) => at.standing.has(path))),
    ],
    title: commitSubject([move]),
    owners: rollout.owners,
    autoMerge: rollout.rollback.autoMerge,
    ...(move.by === undefined
      ? ofBreach(context, world, at, move)
      : ofCommand(move, move.by.source ?? '')),
  });
  if (outcome.kind === 'refused') return outcome;
  const opened = outcome.kind === 'opened';
  return { kind: 'offered', offer: { move: kept[0] ?? move, proposal: outcome.proposal, opened } };
}

/** A revert that the metrics ask for. The tick after it knows it by the name of its branch. */
const ofBreach = (
  context: Pick<Context, 'forge'>,
  world: World,
  at: Position,
  move: RolloutMove,
) => ({
  branch: revertBranch(move.rollout, world.config.environments),
  body: revertBody(move),
  replaces: move.replaces ?? [],
  stillStands: () => stillStands(context, world, at.head),
});

/** What a person asked for. It is not among the reverts: those are for breaches, and a tick commits them. */
const ofCommand = (move: RolloutMove, source: string) => ({
  // Named for the comment, so that a repeated run finds what it opened.
  branch: `rollout/command/${move.rollout.flag}/${move.action}-${source}`,
  body: commandBody(move),
});

/** Opens a proposal. A forge that gives no answer for one flag keeps no other from its own. */
async function propose(
  { forge, now }: Pick<Context, 'forge' | 'now'>,
  proposal: NewProposal,
): Promise<Exclude<ProposalOutcome, { kind: 'refused' }> | Extract<Offered, { kind: 'refused' }>> {
  try {
    const outcome = await forge.propose(proposal, now);
    return outcome.kind === 'refused' ? { ...outcome, code: 'proposal-refused' } : outcome;
  } catch (error) {
    if (!(error instanceof ForgeFailure)) throw error;
    return { kind: 'refused', code: 'proposal-failed', detail: error.message };
  }
}

/** Tells people that a step back could be neither committed nor offered: it is theirs now. */
export async function raiseAlarm(
  { forge }: Pick<Context, 'forge'>,
  { config }: Pick<World, 'config'>,
  move: RolloutMove,
  failures: readonly Failure[],
): Promise<string | undefined> {
  const said = failures.filter(({ subject }) => subject.split(', ').includes(nameOf(move)));
  return forge.raise({
    key: revertBranch(move.rollout, config.environments),
    title: alarmTitle(move),
    body: alarmBody(
      move,
      said.map(({ detail }) => detail),
    ),
  });
}
