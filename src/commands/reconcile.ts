import type { FileChange, Proposal } from '../forge/forge.ts';
import type { Decision } from '../rollout/decision.ts';
import { transition } from '../rollout/transition.ts';
import { commitMessage, subject } from '../tell/commit.ts';
import type { Failure, MadeCommit, MadeProposal, TickReport } from '../tell/report.ts';
import { toldOf } from '../tell/report.ts';
import { CommandError, type Context } from './context.ts';
import { compileTargets, editSources } from './edit.ts';
import { failuresOf } from './failures.ts';
import { type Observation, type Observed, observe } from './observe.ts';
import { offerRevert, raiseStuck, refreshReverts, withdrawEnded } from './reverts.ts';
import { type Position, problemsOf, readWorld, type World } from './world.ts';
import { commitOnto } from './write.ts';

/** How often a pass starts over because people keep changing rollouts under it. */
const ATTEMPTS = 5;

/**
 * One tick: read → measure → judge → decide → apply. Rollbacks and pauses are written first, apart
 * from bumps; everything that moves carries its evidence in the commit.
 *
 * The pass keeps nothing: it may be run twice at once, killed at any point and run again.
 *
 * @throws CommandError `bad-config`, or `busy-branch` where the rollouts never hold still.
 */
export async function reconcile(context: Context): Promise<TickReport> {
  const done: Done = { commits: [], proposals: [], alarms: [], withdrawn: [], failures: [] };
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const world = await readWorld(context);
    const observed = await observe(world, context);
    const seen = {
      now: context.now,
      head: world.head,
      dryRun: context.dryRun,
      policy: world.config.policy,
      observations: observed.observations,
      problems: problemsOf(world),
    };
    const failures = failuresOf(world, observed);
    const waiting = observed.proposals.filter(({ state }) => state === 'open');
    if (context.dryRun) return { ...seen, ...done, waiting, failures };
    const outcome = await apply(context, world, observed, done);
    if (outcome === 'superseded') continue;
    return {
      ...seen,
      ...done,
      waiting: stillOpen(waiting, done),
      failures: [...failures, ...done.failures],
    };
  }
  throw new CommandError(
    'busy-branch',
    `rollouts changed ${ATTEMPTS} times during one pass; nothing is lost, run again`,
  );
}

/** The reverts that wait for people when all is done. */
function stillOpen(before: readonly Proposal[], { proposals, withdrawn }: Done) {
  const made = proposals.map(({ proposal }) => proposal).filter(({ state }) => state === 'open');
  const gone = [...withdrawn, ...made].map(({ branch }) => branch);
  return [...before.filter(({ branch }) => !gone.includes(branch)), ...made];
}

/** What was written so far; it stands also where the pass starts over. */
interface Done {
  readonly commits: MadeCommit[];
  readonly proposals: MadeProposal[];
  /** Where the alarms are that were raised. */
  readonly alarms: string[];
  readonly withdrawn: Proposal[];
  readonly failures: Failure[];
}

async function apply(
  context: Context,
  world: World,
  observed: Observed,
  done: Done,
): Promise<'done' | 'superseded'> {
  const lanes = sortByLane(observed.observations);
  // What failed in an attempt that was superseded is tried again.
  done.failures.length = 0;

  // [1] Safety: what pauses, and what goes back by commit.
  const safety = await commitMoves(context, world, world, lanes.safety, done);
  if (safety.kind === 'superseded') return 'superseded';

  // [2] Reverts for people to merge. A branch that takes no commit may still take a revert.
  let { at } = safety;
  const goBack = lanes.safety.filter(({ decision }) => decision.kind !== 'pause');
  for (const observation of [...lanes.reverts, ...(safety.refused ? goBack : [])]) {
    const offered = await offerRevert(context, world, at, observation);
    if (offered.kind === 'offered') {
      done.proposals.push(offered.made);
      continue;
    }
    const { code, detail } = offered;
    done.failures.push({ code, subject: observation.rollout.key, detail });
    let stuck = code === 'edit-refused' || safety.refused;
    if (!stuck) {
      // A forge that takes no revert may still take a commit: when in doubt, safer.
      const direct = await commitMoves(context, world, at, [observation], done);
      if (direct.kind === 'superseded') return 'superseded';
      ({ at, refused: stuck } = direct);
    }
    if (stuck) done.alarms.push(...(await raiseStuck(context, world, observation, done.failures)));
  }

  // [3] Bumps, and targets that are not what the rollouts say.
  // A branch that took no commit just now takes none of targets alone either.
  const refused = done.failures.some(({ code }) => code === 'commit-refused');
  const bumps = await commitMoves(context, world, at, lanes.bumps, done, {
    compileAlways: !refused,
  });
  if (bumps.kind === 'superseded') return 'superseded';

  // [4] Reverts that are still open, and those whose entry is over.
  await refreshReverts(context, world, observed);
  done.withdrawn.push(
    ...(await withdrawEnded(context, world, observed.proposals, bumps.at.sources)),
  );
  return 'done';
}

interface Lanes {
  readonly safety: readonly Observation[];
  readonly reverts: readonly Observation[];
  readonly bumps: readonly Observation[];
}

function sortByLane(observations: readonly Observation[]): Lanes {
  const lane = (decision: Decision): keyof Lanes | undefined => {
    switch (decision.kind) {
      case 'pause':
        return 'safety';
      case 'rollback':
      case 'degrade':
        return decision.lane === 'commit' ? 'safety' : 'reverts';
      case 'start':
      case 'advance':
      case 'complete':
        return 'bumps';
      default:
        return undefined;
    }
  };
  const inLane = (name: keyof Lanes) =>
    observations.filter(({ decision }) => lane(decision) === name);
  return { safety: inLane('safety'), reverts: inLane('reverts'), bumps: inLane('bumps') };
}

type Moved =
  | { readonly kind: 'done'; readonly at: Position; readonly refused: boolean }
  | { readonly kind: 'superseded' };

/** Writes some moves, with the compiled targets, in one commit. */
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
  const unchanged: Moved = { kind: 'done', at, refused: false };
  if (moves.length === 0 && !compileAlways) return unchanged;

  const compiled = compileTargets(world, edited.sources, at.standing);
  for (const detail of compileAlways ? compiled.problems : []) {
    done.failures.push({ code: 'not-compiled', subject: 'targets', detail });
  }
  const changes = [...edited.files, ...compiled.files];
  if (changes.length === 0) return unchanged;

  const written = await commitOnto(context, world, at.head, commitMessage(moves), changes);
  switch (written.kind) {
    case 'superseded':
      return written;
    case 'refused': {
      const keys = moves.map(({ rollout }) => rollout.key).join(', ') || 'targets';
      done.failures.push({ code: 'commit-refused', subject: keys, detail: written.detail });
      return { ...unchanged, refused: true };
    }
    case 'committed': {
      const { oid, head, warning } = written;
      if (warning !== undefined) {
        done.failures.push({ code: 'work-tree-behind', subject: head.branch, detail: warning });
      }
      done.commits.push({ oid, subject: subject(moves), moves });
      const standing = withFiles(at.standing, compiled.files);
      return { kind: 'done', at: { head, sources: edited.sources, standing }, refused: false };
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
