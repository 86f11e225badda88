import type { FileChange } from '../forge/forge.ts';
import { commitMessage, commitSubject, subject } from '../tell/commit.ts';
import type { Reply, Told } from '../tell/report.ts';
import { commandBody } from '../tell/revert.ts';
import type { Context } from './context.ts';
import type { RolloutSource } from './read.ts';
import { withdrawEnded } from './reverts.ts';
import { compileTargets, shortfallsAt } from './targets.ts';
import type { World } from './world.ts';
import { commitOnto } from './write.ts';

/** What a command changes, in files. */
export interface Edits {
  readonly sources: readonly RolloutSource[];
  readonly files: readonly FileChange[];
  readonly refused: ReadonlyMap<string, string>;
}

/** A change that makes a flag safer is worth offering where it cannot be committed. */
const SAFER: readonly Told['action'][] = ['rollback', 'kill', 'pause'];

/** What takes users back, whether or not every target can follow: where one cannot, that is told. */
const TAKES_AWAY: readonly Told['action'][] = ['rollback', 'kill', 'restart'];

/** Commits what a command changes in one rollout, with its trailer. */
export async function write(
  context: Context,
  world: World,
  edited: Edits,
  told: Told,
  next: string,
): Promise<Reply | 'superseded'> {
  const [detail] = edited.refused.values();
  if (detail !== undefined) {
    return { kind: 'failed', text: `nothing was changed: ${detail}` };
  }
  const { sources, files } = edited;
  const what = { sources, files, message: commitMessage([told]), text: subject([told]) };
  const reply = await commit(context, world, what, next);
  if (reply === 'superseded') return reply;
  if (reply.kind !== 'failed') {
    return TAKES_AWAY.includes(told.action)
      ? withShortfalls(world, reply, sources, [told.rollout.file])
      : reply;
  }
  const source = told.by?.source;
  return source !== undefined && SAFER.includes(told.action)
    ? offer(context, world, what, told, source, reply)
    : reply;
}

/** What a commit is made of. */
interface Saving extends Pick<Edits, 'sources' | 'files'> {
  readonly message: string;
  readonly text: string;
}

/** Commits what a command changes, with the compiled targets. */
export async function commit(
  context: Context,
  world: World,
  what: Saving,
  next: string,
): Promise<Reply | 'superseded'> {
  if (context.dryRun) {
    return { kind: 'done', text: `${what.text} (dry run: nothing was written)`, next };
  }
  // Before the commit: what is opened after it may be for an entry that this does not know of.
  const proposals = await context.forge.proposals();
  const changes = changesOf(world, what);
  const written = await commitOnto(context, world, world.head, what.message, changes);
  if (written.kind === 'superseded') return 'superseded';
  if (written.kind === 'refused') {
    const text = written.unanswered
      ? 'it is not known whether the branch took the commit'
      : 'the branch did not take the commit';
    return { kind: 'failed', text, next: written.detail };
  }
  await withdrawEnded(context, world, proposals, what.sources);
  return { kind: 'done', text: what.text, next, commit: written.oid };
}

/**
 * The reply to what takes users back: it failed where a target does not follow, for its users still
 * have what they had, though the file says otherwise.
 */
export function withShortfalls(
  world: World,
  reply: Reply,
  sources: readonly RolloutSource[],
  paths: readonly string[],
): Reply {
  const missing = paths.flatMap((path) => shortfallsAt(world, sources, path));
  if (reply.kind !== 'done' || missing.length === 0) return reply;
  return {
    ...reply,
    kind: 'failed',
    text: `${reply.text} was not carried out everywhere: ${missing.join('; ')}`,
    next: 'Its file says so by now: mend what is named, and the next tick writes it',
  };
}

/**
 * Offers as a pull request what a protected branch does not take, and says that it is not done yet.
 * Its branch is not among the reverts: those are for breaches, and a tick carries them out.
 */
async function offer(
  { forge, now }: Pick<Context, 'forge' | 'now'>,
  world: World,
  what: Saving,
  told: Told,
  source: string,
  refusal: Reply,
): Promise<Reply> {
  const { rollout } = told;
  const outcome = await forge.propose(
    {
      // Named for the comment, so that a repeated run finds what it opened.
      branch: `rollout/command/${rollout.flag}/${told.action}-${source}`,
      head: world.head,
      message: what.message,
      changes: changesOf(world, what),
      title: commitSubject([told]),
      body: commandBody(told),
      owners: rollout.owners,
      autoMerge: rollout.rollback.autoMerge,
    },
    now,
  );
  if (outcome.kind === 'refused') return refusal;
  const { where, state } = outcome.proposal;
  if (state === 'merged')
    return { kind: 'done', text: what.text, next: `it was merged as ${where}` };
  if (state === 'closed') {
    const text = `${what.text} was offered as ${where}, which was closed unmerged`;
    return { kind: 'failed', text, next: 'Say it again if it is still what you want.' };
  }
  return {
    kind: 'failed',
    text: `${what.text} is offered and not done yet`,
    next: `Merge ${where} to carry it out. ${refusal.next ?? ''}`.trimEnd(),
  };
}

const changesOf = (world: World, { files, sources }: Saving): readonly FileChange[] => [
  ...files,
  ...compileTargets(world, sources).files,
];
