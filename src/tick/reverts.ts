import { transition } from '../decide/transition.ts';
import type { RolloutSource } from '../files/read.ts';
import { ForgeFailure } from '../forge/error.ts';
import type { NewProposal, ProposalOutcome } from '../forge/forge.ts';
import type { Proposal } from '../model/proposal.ts';
import type { Rollout } from '../model/rollout.ts';
import { stillStands } from '../repository/commit.ts';
import { compileTargets, optionally } from '../repository/compile-targets.ts';
import type { Context } from '../repository/context.ts';
import { editSources } from '../repository/edit.ts';
import { revertBranch } from '../repository/revert-branch.ts';
import type { Position, World } from '../repository/world.ts';
import { commitMessage, commitSubject } from '../tell/commit.ts';
import type { Failure, MadeProposal } from '../tell/report.ts';
import { toldOf } from '../tell/report.ts';
import { revertBody, stuckBody, stuckTitle } from '../tell/revert.ts';
import { approximateDuration, formatInstant } from '../time.ts';
import type { Observation } from './observe.ts';

export type Offered =
  | { readonly kind: 'offered'; readonly made: MadeProposal }
  | {
      readonly kind: 'refused';
      /** `proposal-failed`: nobody knows whether it was opened; the next run looks. */
      readonly code: 'edit-refused' | 'proposal-refused' | 'proposal-failed';
      readonly detail: string;
    };

/** Offers a step back as a revert for a person to merge: one branch an entry, however often it is run. */
export async function offerRevert(
  context: Pick<Context, 'forge' | 'now'>,
  world: World,
  at: Position,
  observation: Observation,
): Promise<Offered> {
  const { rollout, source, decision, verdicts, replaces } = observation;
  const changes = transition(rollout, decision, verdicts, context.now);
  const edited = editSources(world, at.sources, [{ path: source.path, changes }]);
  const detail = edited.refused.get(source.path);
  if (detail !== undefined) return { kind: 'refused', code: 'edit-refused', detail };
  const move = toldOf(observation);
  const offered = await propose(context, {
    branch: revertBranch(rollout, world.config.environments),
    head: at.head,
    message: commitMessage([move]),
    changes: [
      ...edited.files,
      // A target that is not there yet comes with the first tick, and would be added twice.
      ...optionally(
        compileTargets(world, edited.sources, at.standing).files.filter(({ path }) =>
          at.standing.has(path),
        ),
      ),
    ],
    title: commitSubject([move]),
    body: revertBody(move, afterwards(rollout)),
    owners: rollout.owners,
    autoMerge: rollout.rollback.autoMerge,
    replaces,
    stillStands: () => stillStands(context, world, at.head),
  });
  if (offered.kind === 'refused') return offered;
  const opened = offered.kind === 'opened';
  return { kind: 'offered', made: { move, proposal: offered.proposal, opened } };
}

/** Opens a revert. A forge that gives no answer for one flag keeps no other from its own. */
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

/** Tells people that a rollback could be neither committed nor offered: it is theirs now. */
export async function raiseStuck(
  { forge }: Pick<Context, 'forge'>,
  { config }: Pick<World, 'config'>,
  observation: Observation,
  failures: readonly Failure[],
): Promise<readonly string[]> {
  const { rollout } = observation;
  const move = toldOf(observation);
  const said = failures.filter(({ subject: about }) => about.split(', ').includes(rollout.key));
  const where = await forge.raise({
    key: revertBranch(rollout, config.environments),
    title: stuckTitle(move),
    body: stuckBody(
      move,
      said.map(({ detail }) => detail),
    ),
  });
  return where === undefined ? [] : [where];
}

/** Brings open reverts up to date with what is measured now, for those who look at them late. */
export async function refreshReverts(
  { forge }: Pick<Context, 'forge'>,
  { config, concerns }: Pick<World, 'config' | 'concerns'>,
  at: Position,
  observations: readonly Observation[],
  proposals: readonly Proposal[],
): Promise<void> {
  for (const { decision, ...seen } of observations) {
    if (decision.kind !== 'hold' || !decision.offered) continue;
    const { rollout } = seen;
    const branch = revertBranch(rollout, config.environments);
    const proposal = proposals.find(
      (each) => each.branch === branch && each.ours && each.state === 'open',
    );
    if (!proposal) continue;
    const move = toldOf({ ...seen, decision: decision.offered });
    await forge.refresh(proposal, {
      title: commitSubject([move]),
      body: revertBody(move, afterwards(rollout)),
      owners: rollout.owners,
      autoMerge: rollout.rollback.autoMerge,
      stillStands: () => stillStands({ forge }, { concerns }, at.head),
    });
  }
}

function afterwards({ rollback: { commitAfter } }: Rollout): string {
  return commitAfter === 'never'
    ? 'It waits for as long as it takes.'
    : `If it is still open after ${approximateDuration(commitAfter)}, the next tick commits the rollback itself.`;
}

/** Takes back reverts whose entry is over: merged, committed meanwhile, resumed, or gone. */
export async function withdrawEnded(
  { forge }: Pick<Context, 'forge'>,
  { config }: Pick<World, 'config'>,
  proposals: readonly Proposal[],
  sources: readonly RolloutSource[],
): Promise<readonly Proposal[]> {
  const rollouts = sources.flatMap((source) => (source.kind === 'valid' ? [source.rollout] : []));
  const branchOf = (rollout: Rollout): string => revertBranch(rollout, config.environments);
  const current = new Set(rollouts.map(branchOf));
  const unreadable = sources.flatMap((source) => (source.kind === 'invalid' ? source.flags : []));
  const ended = proposals.filter(
    ({ branch, state, ours, disposable }) =>
      (disposable || (ours && state !== 'closed')) &&
      !current.has(branch) &&
      // What an invalid file says of its entry is not known, so its revert stays.
      !unreadable.includes(branch.split('/')[2]?.split('@')[0] ?? ''),
  );
  const withdrawn: Proposal[] = [];
  for (const proposal of ended) {
    const sameFlag = (rollout: Rollout) =>
      folderOf(branchOf(rollout)) === folderOf(proposal.branch);
    const taken = await forge.withdraw(proposal, whyEnded(rollouts.find(sameFlag)));
    if (taken) withdrawn.push(proposal);
  }
  return withdrawn;
}

/** Why a revert is not wanted any more, for whoever finds it closed. */
function whyEnded(rollout: Rollout | undefined): string {
  if (!rollout) return 'the rollout is gone';
  const { key, status } = rollout;
  if (status.phase === 'rolled-back' || status.phase === 'degraded') {
    return `${key} was taken back meanwhile`;
  }
  const at = status.stage === undefined ? '' : ` in ${status.stage}`;
  const since = status.since === undefined ? '' : ` since ${formatInstant(status.since)}`;
  return `the stage it would end is over; ${key} is ${status.phase}${at}${since}`;
}

/** `rollout/revert/<flag>`: what the reverts of one rollout have in common. */
const folderOf = (branch: string): string => branch.slice(0, branch.lastIndexOf('/'));
