import { transition } from '../decide/transition.ts';
import type { FileChange, LeftOut } from '../forge/forge.ts';
import type { Decision } from '../model/decision.ts';
import type { Proposal } from '../model/proposal.ts';
import { commitOnto } from '../repository/commit.ts';
import { compileTargets, notCompiled, optionally } from '../repository/compile-targets.ts';
import type { Context } from '../repository/context.ts';
import { editSources } from '../repository/edit.ts';
import { isNotCommitted, leftUndone, notCommitted } from '../repository/failures.ts';
import { movesUp, stepsBack } from '../repository/history.ts';
import type { Position, World } from '../repository/world.ts';
import { commitMessage, subject } from '../tell/commit.ts';
import { type Failure, type MadeCommit, type MadeProposal, toldOf } from '../tell/report.ts';
import { type Observation, type Pass, replaced } from './observe.ts';
import { offerRevert, raiseStuck, refreshReverts, withdrawEnded } from './reverts.ts';

/** What was written so far; it stands also where the pass starts over. */
export interface Done {
  readonly commits: MadeCommit[];
  readonly proposals: MadeProposal[];
  /** Where the alarms are that were raised. */
  readonly alarms: string[];
  readonly withdrawn: Proposal[];
  /** Targets that commits were made without. */
  readonly leftOut: LeftOut[];
  readonly failures: Failure[];
}

/**
 * Confirms and writes, what is safer first: nothing that goes up, however long its history takes to
 * look up, keeps a flag from going back.
 */
export async function carryOut(
  context: Context,
  world: World,
  pass: Pass,
  done: Done,
): Promise<readonly Observation[] | 'superseded'> {
  let { observations } = pass;
  let at: Position = world;

  for (const moves of [stepsBack, movesUp]) {
    // [1] Decide anew, with what history says of their files.
    const moving = observations.filter(({ decision }) => moves(decision));
    const confirmed = await pass.confirm(moving);
    done.failures.push(...confirmed.failures);
    observations = replaced(observations, confirmed.observations);
    if (context.dryRun) continue;
    // [2] Whatever goes back of these, a bump that turned out to be none included.
    const back = confirmed.observations.filter(({ decision }) => stepsBack(decision));
    const written = await goBack(context, world, at, back, done);
    if (written.kind === 'superseded') return 'superseded';
    ({ at } = written);
  }
  if (context.dryRun) return observations;

  // [3] Bumps, and targets that are not what the rollouts say.
  // A branch that took no commit just now takes none of targets alone either.
  const refused = done.failures.some(({ code }) => isNotCommitted(code));
  const up = observations.filter(({ decision }) => movesUp(decision));
  let bumps = await commitMoves(context, world, at, up, done, { compileAlways: !refused });
  if (bumps.kind === 'superseded') return 'superseded';
  if (bumps.refused && up.length > 0) {
    // What keeps a bump from being written keeps no kill from the targets.
    bumps = await commitMoves(context, world, at, [], done, { compileAlways: true });
    if (bumps.kind === 'superseded') return 'superseded';
  }

  // [4] Reverts that are still open, and those whose entry is over.
  await refreshReverts(context, world, bumps.at, observations, pass.proposals);
  done.withdrawn.push(...(await withdrawEnded(context, world, pass.proposals, bumps.at.sources)));
  return observations;
}

type Written = { readonly kind: 'done'; readonly at: Position } | { readonly kind: 'superseded' };

/** Writes what goes back or stops: by one commit, by reverts for people to merge, or by an alarm. */
async function goBack(
  context: Context,
  world: World,
  start: Position,
  back: readonly Observation[],
  done: Done,
): Promise<Written> {
  const direct = back.filter(({ decision }) => !isOffer(decision));
  const committed = await commitMoves(context, world, start, direct, done);
  if (committed.kind === 'superseded') return committed;
  let { at } = committed;
  const steps = direct.filter(({ decision }) => decision.kind !== 'pause');
  // A branch that takes no commit may still take a revert.
  const offers = [
    ...back.filter(({ decision }) => isOffer(decision)),
    ...(committed.refused ? steps : []),
  ];
  const stuck = steps.filter(({ source }) => committed.unedited.includes(source.path));
  for (const observation of offers) {
    const offered = await offerRevert(context, world, at, observation);
    if (offered.kind === 'offered') {
      done.proposals.push(offered.made);
      continue;
    }
    const { code, detail } = offered;
    done.failures.push({ code, subject: observation.rollout.key, detail });
    // Nobody knows whether it is open. One that would have merged by itself is committed instead; one
    // that is for people to merge is looked for by the next tick.
    if (code === 'proposal-failed' && !observation.rollout.rollback.autoMerge) continue;
    if (code === 'edit-refused' || committed.refused) {
      stuck.push(observation);
      continue;
    }
    // A forge that takes no revert may still take a commit: when in doubt, safer.
    const instead = await commitMoves(context, world, at, [observation], done);
    if (instead.kind === 'superseded') return instead;
    ({ at } = instead);
    if (instead.refused) stuck.push(observation);
  }
  for (const observation of new Set(stuck)) {
    done.alarms.push(...(await raiseStuck(context, world, observation, done.failures)));
  }
  return { kind: 'done', at };
}

const isOffer = (decision: Decision): boolean =>
  'lane' in decision && decision.lane === 'pull-request';

type Moved =
  | {
      readonly kind: 'done';
      readonly at: Position;
      /** The branch took no commit. */
      readonly refused: boolean;
      /** Files that could not be edited. */
      readonly unedited: readonly string[];
    }
  | { readonly kind: 'superseded' };

/**
 * Writes some moves, with the compiled targets, in one commit. Where none of them goes up, neither a
 * work tree with local edits nor a target that cannot be written stops it.
 */
async function commitMoves(
  context: Context,
  world: World,
  at: Position,
  moving: readonly Observation[],
  done: Done,
  { compileAlways = false } = {},
): Promise<Moved> {
  const edited = editSources(
    world,
    at.sources,
    moving.map(({ source, rollout, decision, verdicts }) => ({
      path: source.path,
      changes: transition(rollout, decision, verdicts, context.now),
    })),
  );
  for (const { source, rollout } of moving) {
    const detail = edited.refused.get(source.path);
    if (detail) done.failures.push({ code: 'edit-refused', subject: rollout.key, detail });
  }
  const moves = moving.filter(({ source }) => !edited.refused.has(source.path)).map(toldOf);
  const unedited = [...edited.refused.keys()];
  const unchanged: Moved = { kind: 'done', at, refused: false, unedited };
  if (moves.length === 0 && !compileAlways) return unchanged;

  const compiled = compileTargets(world, edited.sources, at.standing);
  if (compileAlways) {
    const known = done.failures.map(({ detail }) => detail);
    done.failures.push(...notCompiled(compiled).filter(({ detail }) => !known.includes(detail)));
  }
  const urgent = !moving.some(({ decision }) => movesUp(decision));
  const changes = [...edited.files, ...(urgent ? optionally(compiled.files) : compiled.files)];
  if (changes.length === 0) return unchanged;

  const message = commitMessage(moves);
  const written = await commitOnto(context, world, at.head, message, changes, { urgent });
  switch (written.kind) {
    case 'superseded':
      return written;
    case 'refused': {
      const keys = moves.map(({ rollout }) => rollout.key).join(', ') || 'targets';
      // A rule that refused the moves refuses the targets alone, too: it is reported once.
      const isReported =
        moves.length === 0 && done.failures.some(({ detail }) => detail === written.detail);
      if (!isReported) done.failures.push(notCommitted(keys, written));
      return { ...unchanged, refused: true };
    }
    case 'committed': {
      const { oid, head, leftOut } = written;
      done.failures.push(...leftUndone(written));
      done.leftOut.push(...leftOut);
      if (oid === at.head.oid) return unchanged;
      done.commits.push({ oid, subject: subject(moves), moves });
      const isWritten = ({ path }: FileChange) => leftOut.every((each) => each.path !== path);
      const standing = withFiles(at.standing, compiled.files.filter(isWritten));
      return { ...unchanged, at: { head, sources: edited.sources, standing } };
    }
  }
}

function withFiles(
  standing: ReadonlyMap<string, string>,
  files: readonly FileChange[],
): ReadonlyMap<string, string> {
  const next = new Map(standing);
  for (const { path, text } of files) if (text !== undefined) next.set(path, text);
  return next;
}
