import { eventsOf } from '../decide/events.ts';
import { isSafer, type Move, takesBack } from '../decide/move.ts';
import type { Failure, Outcome } from '../decide/outcome.ts';
import type { RolloutSource } from '../files/read.ts';
import { apply } from '../repository/apply.ts';
import { compileTargets, shortfallsAt, withoutTargets } from '../repository/compile-targets.ts';
import type { Context } from '../repository/context.ts';
import { editSources } from '../repository/edit.ts';
import { withdrawEnded } from '../repository/reverts.ts';
import type { World } from '../repository/world.ts';
import { subject } from '../tell/commit.ts';
import type { Reply } from '../tell/report.ts';
import { atBest, withWarnings } from './at-best.ts';

/** Carries out the move that a command asks for, and answers the person who gave it. */
export async function write(
  context: Context,
  world: World,
  move: Move,
  next: string,
): Promise<Reply | 'superseded'> {
  const { sources, refused } = editSources(world, world.sources, [move]);
  const [detail] = refused.values();
  if (detail !== undefined) return { kind: 'failed', text: `nothing was changed: ${detail}` };
  const text = subject([move]);
  const paths = takesBack(move) ? move.edits.map(({ path }) => path) : [];
  if (context.dryRun) {
    const reply = dryReply(text, next);
    return withShortfalls(shortfallsOf(world, sources, paths), reply, NOT_EVERYWHERE);
  }
  const warnings: string[] = [];
  const done = await carryOut(context, world, [move], warnings);
  if (done === 'superseded') return done;
  const { outcome } = done;
  const warned = [...warnings, ...behind(outcome)];
  const refusal = outcome.failures.find(isRefusal);
  if (refusal) return withWarnings(offeredOr(outcome, move, refusal), warned);
  const commit = outcome.made.at(-1)?.oid;
  const reply = withWarnings({ kind: 'done', text, next, commit }, warned);
  const left = withoutTargets(world, outcome.leftOut);
  return withShortfalls(shortfallsOf(left, sources, paths), reply, NOT_EVERYWHERE);
}

/**
 * The reply to a kill of what is killed already. A target that does not say so yet is written now:
 * the kill may have been committed by hand, or a target left out of its commit.
 *
 * @param paths the rollout files that are killed
 */
export async function killedAlready(
  context: Context,
  world: World,
  paths: readonly string[],
  name: string,
): Promise<Reply | 'superseded'> {
  const text = `${name} is killed already`;
  const but = ', but not everywhere';
  const { sources } = world;
  if (compileTargets(world, sources).changed.length === 0) {
    return withShortfalls(shortfallsOf(world, sources, paths), { kind: 'nothing', text }, but);
  }
  const written = `${text}; its targets were written now`;
  const next = 'everybody gets the control until it is un-killed';
  if (context.dryRun) {
    return withShortfalls(shortfallsOf(world, sources, paths), dryReply(written, next), but);
  }
  const warnings: string[] = [];
  const done = await carryOut(context, world, [], warnings);
  if (done === 'superseded') return done;
  const { outcome } = done;
  const refusal = outcome.failures.find(isRefusal);
  if (refusal) return withWarnings(refusedReply(refusal), warnings);
  const commit = outcome.made.at(-1)?.oid;
  const reply: Reply = { kind: 'done', text: written, next, commit };
  const left = withoutTargets(world, outcome.leftOut);
  const warned = withWarnings(reply, [...warnings, ...behind(outcome)]);
  return withShortfalls(shortfallsOf(left, sources, paths), warned, but);
}

/** Writes moves and the targets, and closes the reverts that are over by that. */
async function carryOut(
  context: Context,
  world: World,
  moves: readonly Move[],
  warnings: string[],
): Promise<{ readonly outcome: Outcome } | 'superseded'> {
  // Before the commit: what is opened after it may be for an entry that this does not know of.
  const proposals = await atBest(warnings, 'open reverts were not looked up', () =>
    context.forge.proposals(),
  );
  const compile = moves.length === 0;
  const { superseded, outcome, at } = await apply(context, world, world, moves, { compile });
  if (superseded) return 'superseded';
  const unheard = await context.notify(world.config.channels, eventsOf(outcome));
  warnings.push(...unheard.map(({ subject, detail }) => `${subject} was not told: ${detail}`));
  if (outcome.made.length > 0) {
    await atBest(
      warnings,
      'reverts that are over were not all closed; the next tick closes them',
      () => withdrawEnded(context, world, proposals ?? [], at.sources),
    );
  }
  return { outcome };
}

const isRefusal = ({ code }: Failure): boolean =>
  code === 'commit-refused' || code === 'commit-unanswered';

const refusedReply = ({ code, detail }: Failure): Reply => ({
  kind: 'failed',
  text:
    code === 'commit-unanswered'
      ? 'it is not known whether the branch took the commit'
      : 'the branch did not take the commit',
  next: detail,
});

/** What became of a move that the branch did not take: it may have been offered as a pull request. */
function offeredOr(outcome: Outcome, move: Move, refusal: Failure): Reply {
  const refused = refusedReply(refusal);
  const text = subject([move]);
  const [offered] = outcome.offered;
  if (!offered) {
    if (!isSafer(move) || move.of !== 'rollout' || move.by?.source === undefined) return refused;
    const failed = outcome.failures.filter(({ code }) => code === 'proposal-failed');
    const next = `${refused.next ?? ''}. ${byHand(move.rollout.flag)}`;
    const warnings = failed.map(({ detail }) => `nor could a pull request be opened (${detail})`);
    return withWarnings({ ...refused, next }, warnings);
  }
  const { where, state } = offered.proposal;
  switch (state) {
    case 'merged':
      return { kind: 'done', text, next: `it was merged as ${where}` };
    case 'closed':
      return {
        kind: 'failed',
        text: `${text} was offered as ${where}, which was closed unmerged`,
        next: 'Say it again if it is still what you want.',
      };
    case 'open':
      return {
        kind: 'failed',
        text: `${text} is offered and not done yet`,
        next: `Merge ${where} to carry it out. ${refused.next ?? ''}`.trimEnd(),
      };
  }
}

/** A work tree that could not follow, say. */
const behind = ({ failures }: Outcome): readonly string[] =>
  failures.filter(({ code }) => code === 'work-tree-behind').map(({ detail }) => detail);

const dryReply = (text: string, next: string): Reply => ({
  kind: 'done',
  text: `${text} (dry run: nothing was written)`,
  next,
});

const shortfallsOf = (
  world: World,
  sources: readonly RolloutSource[],
  paths: readonly string[],
): readonly string[] => paths.flatMap((path) => shortfallsAt(world, sources, path));

const NOT_EVERYWHERE = ' was not carried out everywhere';

/**
 * The reply to what takes users back: it failed where a target does not follow, for its users still
 * have what they had, though the file says otherwise.
 */
const withShortfalls = (missing: readonly string[], reply: Reply, how: string): Reply =>
  missing.length === 0
    ? reply
    : {
        ...reply,
        kind: 'failed',
        text: `${reply.text}${how}: ${missing.join('; ')}`,
        next: 'The file on the branch says so already. Fix what is named, and the next tick writes it',
      };

/** What a person can do at once if Sluice cannot switch a flag off. */
export const byHand = (flag: string): string =>
  `If \`${flag}\` has to be off before that, commit a line \`kill: true\` to its file on the default branch.`;
