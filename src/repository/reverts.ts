import type { Assessment } from '../decide/assessment.ts';
import { moveOf } from '../decide/move.ts';
import type { RolloutSource } from '../files/read.ts';
import type { Proposal } from '../model/proposal.ts';
import type { Rollout } from '../model/rollout.ts';
import { commitSubject } from '../tell/commit.ts';
import { revertBody } from '../tell/revert.ts';
import { formatInstant } from '../time.ts';
import { stillStands } from './commit.ts';
import type { Context } from './context.ts';
import { revertBranch } from './revert-branch.ts';
import type { Position, World } from './world.ts';

/** Brings open reverts up to date with what is measured now, for those who look at them late. */
export async function refreshReverts(
  { forge }: Pick<Context, 'forge'>,
  { config, concerns }: Pick<World, 'config' | 'concerns'>,
  at: Position,
  assessments: readonly Assessment[],
  proposals: readonly Proposal[],
): Promise<void> {
  for (const assessment of assessments) {
    const { rollout, decision } = assessment;
    if (decision.kind !== 'hold' || !decision.offered) continue;
    const branch = revertBranch(rollout, config.environments);
    const proposal = proposals.find(
      (each) => each.branch === branch && each.ours && each.state === 'open',
    );
    const move = moveOf({ ...assessment, decision: decision.offered });
    if (!proposal || !move) continue;
    await forge.refresh(proposal, {
      title: commitSubject([move]),
      body: revertBody(move),
      owners: rollout.owners,
      autoMerge: rollout.rollback.autoMerge,
      stillStands: () => stillStands({ forge }, { concerns }, at.head),
    });
  }
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
