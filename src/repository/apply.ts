import { isSafer, type Move, nameOf, type RolloutMove } from '../decide/move.ts';
import { and, type Failure, NOTHING_DONE, type Outcome } from '../decide/outcome.ts';
import type { FileChange } from '../forge/forge.ts';
import { commitMessage, subject } from '../tell/commit.ts';
import { commitOnto } from './commit.ts';
import { carryOutTargets, compileTargets, notCompiled, optionally } from './compile-targets.ts';
import type { Context } from './context.ts';
import { editSources } from './edit.ts';
import { isNotCommitted, leftUndone, notCommitted } from './failures.ts';
import { keepEvidence } from './keep-evidence.ts';
import { isOfferable, offer, raiseAlarm } from './offer.ts';
import type { Position, World } from './world.ts';

/** What became of some moves, and where the branch is after them. */
export interface Applied {
  /** A rollout, the config or a target changed under them: what was not done has to be decided again. */
  readonly superseded: boolean;
  readonly outcome: Outcome;
  readonly at: Position;
}

export interface ApplyOptions {
  /** Targets are compiled also where nothing moves, and what they cannot say is reported. */
  readonly compile?: boolean;
}

/**
 * Carries out moves: all that are to be written at once in one commit with the compiled targets, the
 * others as reverts for people to merge. This is the one place that writes moves, whoever asks for them.
 *
 * What makes users safer is tried every way there is. A branch that takes no commit may still take a
 * revert, and the other way round; if neither works and no person waits for an answer, an alarm is
 * raised.
 *
 * @param at where the branch and its files are now
 */
export async function apply(
  context: Pick<Context, 'forge' | 'now'>,
  world: World,
  at: Position,
  moves: readonly Move[],
  options: ApplyOptions = {},
): Promise<Applied> {
  const direct = moves.filter(({ lane }) => lane === 'commit');
  const first = await commitMoves(context, world, at, direct, options);
  if (first.superseded) return first;
  const offers = moves.filter(({ lane }) => lane === 'pull-request');
  return offerMoves(context, world, first, [...offers, ...first.uncommitted]);
}

/** What was committed, and what was not. */
interface Committed extends Applied {
  /** The branch took no commit. */
  readonly refused: boolean;
  /** Moves that are not on the branch, because it refused them or their files could not be edited. */
  readonly uncommitted: readonly Move[];
}

/** Offers what makes users safer and is not on the branch; what cannot be offered is committed or raised. */
async function offerMoves(
  context: Pick<Context, 'forge' | 'now'>,
  world: World,
  { outcome: before, at: start, refused, uncommitted }: Committed,
  moves: readonly Move[],
): Promise<Applied> {
  let outcome = before;
  let at = start;
  const stuck: RolloutMove[] = [];
  for (const move of moves.filter(isOfferable)) {
    const offered = await offer(context, world, at, move);
    if (offered.kind === 'offered') {
      outcome = and(outcome, { offered: [offered.offer] });
      continue;
    }
    const { code, detail } = offered;
    const isKnown = code === 'edit-refused' && uncommitted.includes(move);
    if (!isKnown) outcome = and(outcome, { failures: [{ code, subject: nameOf(move), detail }] });
    // Nobody knows whether it is open. One that would have merged by itself is committed instead; one
    // that is for people to merge is looked for by the next run.
    if (code === 'proposal-failed' && !move.rollout.rollback.autoMerge) continue;
    if (code === 'edit-refused' || refused) {
      stuck.push(move);
      continue;
    }
    // A forge that takes no revert may still take a commit: when in doubt, safer.
    const instead = await commitMoves(context, world, at, [move], {});
    outcome = and(outcome, instead.outcome);
    if (instead.superseded) return { ...instead, outcome };
    ({ at } = instead);
    if (instead.refused) stuck.push(move);
  }
  for (const move of stuck) {
    // A person who gave a command is answered instead.
    if (move.by) continue;
    const where = await raiseAlarm(context, world, move, outcome.failures);
    if (where !== undefined) outcome = and(outcome, { alarms: [where] });
  }
  return { superseded: false, outcome, at };
}

/**
 * Writes moves, with the compiled targets, in one commit. Where none of them goes up, neither a work
 * tree with local edits nor a target that cannot be written stops it.
 */
async function commitMoves(
  context: Pick<Context, 'forge' | 'now'>,
  world: World,
  at: Position,
  moving: readonly Move[],
  { compile = false }: ApplyOptions,
): Promise<Committed> {
  const edited = editSources(world, at.sources, moving);
  const refusalOf = (move: Move): string | undefined =>
    move.edits.map(({ path }) => edited.refused.get(path)).find((detail) => detail !== undefined);
  const notEdited = moving.filter((move) => refusalOf(move) !== undefined);
  const { moves, files: records } = keepEvidence(
    moving.filter((move) => !notEdited.includes(move)),
  );
  const compiled = compileTargets(world, edited.sources, at.standing);
  const failures = [
    ...notEdited.map(
      (move): Failure => ({
        code: 'edit-refused',
        subject: nameOf(move),
        detail: refusalOf(move) ?? '',
      }),
    ),
    ...(compile ? notCompiled(compiled) : []),
  ];
  const unchanged: Committed = {
    superseded: false,
    outcome: and(NOTHING_DONE, { failures }),
    at,
    refused: false,
    uncommitted: notEdited,
  };
  if (moves.length === 0 && !compile) return unchanged;
  const urgent = moves.every(isSafer);
  const others = [...compiled.files, ...records];
  const changes = [...edited.files, ...(urgent ? optionally(others) : others)];
  if (edited.files.length + compiled.changed.length === 0) return unchanged;

  const written = await carryOutTargets(compiled, () =>
    commitOnto(context, world, at.head, commitMessage(moves), changes, { urgent }),
  );
  switch (written.kind) {
    case 'superseded':
      return { ...unchanged, superseded: true };
    case 'refused':
      return compile && moves.length > 0
        ? targetsAlone(context, world, unchanged, moves, notCommitted(namesOf(moves), written))
        : {
            ...unchanged,
            refused: true,
            uncommitted: moving,
            outcome: and(unchanged.outcome, { failures: [notCommitted(namesOf(moves), written)] }),
          };
    case 'committed': {
      const { oid, head, leftOut } = written;
      const outcome = and(unchanged.outcome, { failures: leftUndone(written), leftOut });
      if (oid === at.head.oid) return { ...unchanged, outcome };
      const isWritten = ({ path }: FileChange) => leftOut.every((each) => each.path !== path);
      const standing = withFiles(at.standing, compiled.files.filter(isWritten));
      return {
        ...unchanged,
        outcome: and(outcome, { made: [{ oid, subject: subject(moves), moves }] }),
        at: { head, sources: edited.sources, standing },
      };
    }
  }
}

const namesOf = (moves: readonly Move[]): string => moves.map(nameOf).join(', ') || 'targets';

/** What keeps moves from being written keeps no kill from the targets. */
async function targetsAlone(
  context: Pick<Context, 'forge' | 'now'>,
  world: World,
  { outcome, at }: Applied,
  moves: readonly Move[],
  refusal: Failure,
): Promise<Committed> {
  const alone = await commitMoves(context, world, at, [], { compile: true });
  // A rule that refused the moves refuses the targets alone, too: it is reported once.
  const isNew = ({ code, detail }: Failure): boolean =>
    !(isNotCommitted(code) && detail === refusal.detail) &&
    !outcome.failures.some((known) => known.detail === detail);
  const failures = alone.outcome.failures.filter(isNew);
  return {
    ...alone,
    refused: true,
    uncommitted: moves,
    outcome: and(and(outcome, { failures: [refusal] }), { ...alone.outcome, failures }),
  };
}

function withFiles(
  standing: ReadonlyMap<string, string>,
  files: readonly FileChange[],
): ReadonlyMap<string, string> {
  const next = new Map(standing);
  for (const { path, text } of files) if (text !== undefined) next.set(path, text);
  return next;
}
