import type { RolloutSource } from '../files/read.ts';
import type { FileChange } from '../forge/forge.ts';
import { commitOnto } from '../repository/commit.ts';
import {
  compileTargets,
  optionally,
  shortfallsAt,
  withoutTargets,
} from '../repository/compile-targets.ts';
import type { Context } from '../repository/context.ts';
import type { World } from '../repository/world.ts';
import { commitMessage, commitSubject, subject } from '../tell/commit.ts';
import type { Reply, Told } from '../tell/report.ts';
import { commandBody } from '../tell/revert.ts';
import { withdrawEnded } from '../tick/reverts.ts';
import { atBest, withWarnings } from './at-best.ts';

/** What a command changes, in files. */
export interface Edits {
  readonly sources: readonly RolloutSource[];
  readonly files: readonly FileChange[];
  readonly refused: ReadonlyMap<string, string>;
}

/** A change that makes a flag safer is worth offering where it cannot be committed. */
const SAFER: readonly Told['action'][] = ['rollback', 'kill', 'pause'];

/** What takes users back, whether or not every target can follow: a target that cannot is reported. */
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
  const takesBack = TAKES_AWAY.includes(told.action) ? [told.rollout.file] : [];
  const what: Saving = {
    sources,
    files,
    message: commitMessage([told]),
    text: subject([told]),
    takesBack,
    urgent: takesBack.length > 0 || SAFER.includes(told.action),
  };
  const reply = await commit(context, world, what, next);
  if (reply === 'superseded' || reply.kind !== 'failed' || reply.commit !== undefined) return reply;
  const source = told.by?.source;
  return source !== undefined && SAFER.includes(told.action)
    ? offer(context, world, what, told, source, reply)
    : reply;
}

/** What a commit is made of. */
export interface Saving extends Pick<Edits, 'sources' | 'files'> {
  readonly message: string;
  readonly text: string;
  /** The rollout files whose users it takes back: a target that does not follow fails the command. */
  readonly takesBack: readonly string[];
  /** It makes users safer: neither local edits nor a target that cannot be written stops it. */
  readonly urgent: boolean;
}

/** Commits what a command changes, with the compiled targets. */
export async function commit(
  context: Context,
  world: World,
  what: Saving,
  next: string,
): Promise<Reply | 'superseded'> {
  const { text, message, sources, urgent } = what;
  if (context.dryRun) {
    const reply: Reply = { kind: 'done', text: `${text} (dry run: nothing was written)`, next };
    return withShortfalls(world, reply, what);
  }
  const warnings: string[] = [];
  // Before the commit: what is opened after it may be for an entry that this does not know of.
  const proposals = await atBest(warnings, 'open reverts were not looked up', () =>
    context.forge.proposals(),
  );
  const written = await commitOnto(context, world, world.head, message, changesOf(world, what), {
    urgent,
  });
  if (written.kind === 'superseded') return 'superseded';
  if (written.kind === 'refused') {
    const text = written.unanswered
      ? 'it is not known whether the branch took the commit'
      : 'the branch did not take the commit';
    return { kind: 'failed', text, next: written.detail };
  }
  const { oid, warning, leftOut } = written;
  if (warning !== undefined) warnings.push(warning);
  await atBest(
    warnings,
    'reverts that are over were not all closed; the next tick closes them',
    () => withdrawEnded(context, world, proposals ?? [], sources),
  );
  const reply = withWarnings({ kind: 'done', text, next, commit: oid }, warnings);
  return withShortfalls(withoutTargets(world, leftOut), reply, what);
}

/**
 * The reply to what takes users back: it failed where a target does not follow, for its users still
 * have what they had, though the file says otherwise.
 */
function withShortfalls(
  world: World,
  reply: Reply,
  { sources, takesBack, files }: Pick<Saving, 'sources' | 'takesBack' | 'files'>,
): Reply {
  const missing = takesBack.flatMap((path) => shortfallsAt(world, sources, path));
  if (missing.length === 0) return reply;
  const how = files.length > 0 ? ' was not carried out everywhere' : ', but not everywhere';
  return {
    ...reply,
    kind: 'failed',
    text: `${reply.text}${how}: ${missing.join('; ')}`,
    next: 'The file on the branch says so already. Fix what is named, and the next tick writes it',
  };
}

/** What a person can do at once if Sluice cannot switch a flag off. */
export const byHand = (flag: string): string =>
  `If \`${flag}\` has to be off before that, commit a line \`kill: true\` to its file on the default branch.`;

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
  const warnings: string[] = [];
  const outcome = await atBest(warnings, 'nor could a pull request be opened', () =>
    forge.propose(
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
    ),
  );
  if (outcome === undefined || outcome.kind === 'refused') {
    const next = `${refusal.next ?? ''}. ${byHand(rollout.flag)}`;
    return withWarnings({ ...refusal, next }, warnings);
  }
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

/**
 * The reply to a kill of what is killed already. A target that does not say so yet is written now:
 * the kill may have been committed by hand, or a target left out of its commit.
 */
export async function killedAlready(
  context: Context,
  world: World,
  sources: readonly RolloutSource[],
  takesBack: readonly string[],
  name: string,
): Promise<Reply | 'superseded'> {
  const text = `${name} is killed already`;
  const what: Saving = {
    sources,
    files: [],
    message: 'Compile targets\n',
    text: `${text}; its targets were written now`,
    takesBack,
    urgent: true,
  };
  if (changesOf(world, what).length > 0) {
    return commit(context, world, what, 'everybody gets the control until it is un-killed');
  }
  return withShortfalls(world, { kind: 'nothing', text }, what);
}

function changesOf(world: World, { files, sources, urgent }: Saving): readonly FileChange[] {
  const compiled = compileTargets(world, sources).files;
  return [...files, ...(urgent ? optionally(compiled) : compiled)];
}
