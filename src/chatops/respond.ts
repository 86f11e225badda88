import {
  type Command,
  type Guarded,
  helpText,
  isGuarded,
  parseCommand,
} from '../comment/command.ts';
import { type Action, type ActionFacts, act, nextStage } from '../decide/commands.ts';
import { type By, fieldsOf, moveOf, type RolloutMove } from '../decide/move.ts';
import { type FieldChange, isStepUp } from '../decide/transition.ts';
import { defined } from '../defined.ts';
import type { ValidSource } from '../files/read.ts';
import type { CannotTell } from '../forge/forge.ts';
import type { Doubts } from '../model/doubts.ts';
import type { Rollout } from '../model/rollout.ts';
import { commentIn, STALE } from '../repository/approval.ts';
import { doubtsAbout } from '../repository/authority.ts';
import { shortfallsAt } from '../repository/compile-targets.ts';
import { CommandError, type Context } from '../repository/context.ts';
import { revertJudge } from '../repository/declines.ts';
import { editSources } from '../repository/edit.ts';
import { DEPTH } from '../repository/entry-start.ts';
import { permissionOf } from '../repository/permission.ts';
import { revertBranch } from '../repository/revert-branch.ts';
import { startsReverted } from '../repository/start-reverted.ts';
import { readWorld, type World } from '../repository/world.ts';
import type { Reply } from '../tell/report.ts';
import { describeVerdict } from '../tell/verdicts.ts';
import { assessAll } from '../tick/assess.ts';
import { approximateDuration } from '../time.ts';
import { type CommandOrigin, carriedOut } from './already-done.ts';
import { atBest, withWarnings } from './at-best.ts';
import { killedAlready, write } from './commit.ts';
import { find } from './find.ts';
import { onInvalid } from './kill-invalid.ts';
import { type Saying, sinceSaid, whereNow } from './meanwhile.ts';
import { showStatus } from './status.ts';

/** How often a command is carried out anew because rollouts changed under it. */
const ATTEMPTS = 5;

export interface RespondOptions {
  readonly origin?: CommandOrigin;
  /** The world, where it has just been read. */
  readonly world?: World;
}

/** What takes users back or keeps them where they are: it waits for nothing that it can do without. */
export const SAFER: readonly string[] = ['rollback', 'kill', 'pause'];

/** What an old comment may not do when somebody runs its workflow again. */
const RAISES: readonly string[] = ['promote', 'approve', 'resume', 'restart', 'unkill'];

/**
 * Obeys a command: reads it, asks whether its author may give it, and commits what it changes.
 * State is that of the branch, never of a pull request. Rollback and kill go to the branch at once.
 *
 * @param user who said it; asked for its permission now
 * @throws CommandError as `reconcile` does
 */
export async function respond(
  context: Context,
  text: string,
  user: string,
  { origin, world: known }: RespondOptions = {},
): Promise<Reply> {
  const first = known ?? (await readWorld(context));
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const world = attempt === 0 ? first : await readWorld(context);
    const { prefix } = world.config.commands;
    const command = parseCommand(text, prefix);
    switch (command.kind) {
      case 'none':
        return {
          kind: 'ignored',
          text: `no line begins with ${prefix}`,
          next: `\`${prefix} help\` lists the commands.`,
        };
      case 'bad':
        return {
          kind: 'refused',
          text: command.problem,
          next: command.next ?? `\`${prefix} help\` lists the commands.`,
        };
      case 'command': {
        const reply = await carryOut(context, world, command, { user, origin, first });
        if (reply !== 'superseded') return reply;
      }
    }
  }
  throw new CommandError(
    'busy-branch',
    `rollouts changed ${ATTEMPTS} times while the command was carried out; say it again`,
  );
}

async function carryOut(
  context: Context,
  world: World,
  command: Extract<Command, { kind: 'command' }>,
  { user, origin, first }: Saying,
): Promise<Reply | 'superseded'> {
  const { verb } = command;
  if (verb === 'help') return { kind: 'shown', text: helpText(world.config.commands.prefix) };
  if (verb === 'status') return showStatus(context, world, command, user);
  if (!isGuarded(verb)) return { kind: 'ignored', text: '' };

  const found = find(world, command);
  if (found.kind === 'unknown') return { kind: 'refused', text: found.text, next: found.next };
  const { sources } = found;
  const source = sources.find((each) => each.kind === 'valid');
  const owners = source?.rollout.owners ?? [];
  const needed = world.config.commands.allow[verb];
  const safer = SAFER.includes(verb);
  const allowed = await permissionOf(
    context.forge,
    // An invalid file has no owners to ask, and kill must work all the same.
    source === undefined && needed === 'owners' ? 'write' : needed,
    user,
    owners,
    { safer },
  );
  if (allowed.kind === 'no') {
    const text = `\`${user}\` may not say ${verb}: ${allowed.why}`;
    return { kind: 'refused', text, next: allowed.next };
  }
  const { badConfig } = world;
  if (badConfig !== undefined && RAISES.includes(verb)) {
    return {
      kind: 'failed',
      text: badConfig.text,
      next: `Fix the config, then say ${verb} again.`,
    };
  }
  const warnings = [allowed.doubt, badConfig?.text].filter((each) => each !== undefined);
  if (origin && RAISES.includes(verb) && context.now - origin.since > STALE) {
    const text = `the comment is older than ${approximateDuration(STALE)}, and ${verb} may raise exposure`;
    return { kind: 'refused', text, next: 'Say it again.' };
  }
  // A kill is the same said twice, and a rollback knows by the flag's own file what was done since.
  const known = safer ? atBest : always;
  const done =
    origin &&
    (await known(warnings, 'whether an earlier run did this already was not looked up', () =>
      carriedOut(context, world, sources, { ...command, verb }, origin),
    ));
  if (done) {
    const next = 'An earlier run of the same comment did it; nothing was done twice.';
    return { kind: 'done', text: done.subject, next, commit: done.oid };
  }
  const guarded = { ...command, verb, ...(origin ? { source: origin.source } : {}) };
  const saying = { user, origin, first };
  const reply = !source
    ? await onInvalid(context, world, sources, guarded, user)
    : verb === 'promote'
      ? await promote(context, world, source, guarded, saying)
      : await change(context, world, source, { ...guarded, verb }, saying);
  return reply === 'superseded' ? reply : withWarnings(reply, warnings);
}

const always = async <T>(_: string[], __: string, run: () => Promise<T>): Promise<T> => run();

/** A decision of a person that asks no metrics. */
async function change(
  context: Context,
  world: World,
  source: ValidSource,
  command: Guarded & { readonly verb: Action },
  saying: Saying,
): Promise<Reply | 'superseded'> {
  const { rollout } = source;
  const { verb, reason } = command;
  const { user } = saying;
  const meanwhile = sinceSaid(rollout, saying);
  if (verb === 'rollback' && meanwhile && rollout.status.phase === 'rolled-back') {
    const text = `${rollout.key} ${whereNow(rollout)}`;
    return { kind: 'nothing', text, next: 'Say it again to go further back.' };
  }
  const comment = commentIn(command.source);
  if (verb === 'approve' && context.forge.comment && comment === undefined) {
    const text = 'on GitHub an approval counts only if it names the comment that gave it';
    return { kind: 'refused', text, next: 'Say it in a comment on an issue or a pull request.' };
  }
  const doubts = await doubtsOf(context, world, rollout, verb);
  if (doubts && 'unknown' in doubts) {
    const text = `who wrote the status of ${rollout.key} could not be looked up: ${doubts.unknown}`;
    return { kind: 'failed', text, next: 'Say it again.' };
  }
  const facts: ActionFacts = {
    now: context.now,
    ...defined({ comment }),
    ...(doubts ? { doubts } : {}),
    by: user,
    reason,
    policy: world.config.policy,
    revertDeclined: verb === 'resume' && (await isDeclined(context, world, rollout)),
    startReverted: verb === 'restart' && (await isStartReverted(context, world, rollout)),
    ...(meanwhile?.from === undefined ? {} : { seenIn: meanwhile.from }),
  };
  const free = act(verb, rollout, facts);
  const uncompiled = free.kind === 'change' ? shortfallsAfter(world, rollout, free.changes) : [];
  const effect = act(verb, rollout, { ...facts, uncompiled });
  if (effect.kind === 'nothing') {
    if (verb === 'kill' && effect.already) {
      return killedAlready(context, world, [source.path], rollout.key);
    }
    const text = `${rollout.key}: ${effect.text}`;
    return { kind: effect.already ? 'nothing' : 'refused', text };
  }
  if (meanwhile && RAISES.includes(verb)) {
    const text = `${verb} was not carried out: ${rollout.key} ${whereNow(rollout)}`;
    return { kind: 'refused', text, next: 'Say it again if it is still what you want.' };
  }
  const move: RolloutMove = {
    of: 'rollout',
    rollout,
    action: verb,
    to: effect.to,
    verdicts: [],
    ...saidBy(command, user),
    edits: fieldsOf(rollout, effect.changes),
    lane: 'commit',
  };
  return write(context, world, move, effect.next);
}

/** What targets could not say of a rollout if a command changed its file so. */
function shortfallsAfter(
  world: World,
  rollout: Rollout,
  changes: readonly FieldChange[],
): readonly string[] {
  const edits = fieldsOf(rollout, changes);
  const { sources } = editSources(world, world.sources, [{ edits }]);
  return shortfallsAt(world, sources, rollout.file);
}

/** Who said it, and why. */
const saidBy = (
  { verb, reason, source }: Guarded,
  user: string,
): { readonly why: string; readonly by: By } => ({
  why: reason || `${user} said ${verb}`,
  by: { user, verb, reason, source },
});

/**
 * What the status says and Sluice did not write, as far as a command goes by it: an approval is not
 * there before because somebody wrote it into the file, and a ladder of theirs waits for a resume.
 */
async function doubtsOf(
  context: Context,
  world: World,
  rollout: Rollout,
  verb: Action,
): Promise<Doubts | CannotTell | undefined> {
  const { status, ladder } = rollout;
  const next = nextStage(rollout)?.name;
  const approvals =
    verb === 'approve' ? status.approvals.filter(({ stage }) => stage === next) : [];
  const isPinned =
    verb === 'resume' &&
    status.phase === 'progressing' &&
    ladder.kind === 'named' &&
    status.ladder !== undefined;
  if (approvals.length === 0 && !isPinned) return undefined;
  const question = { rollout, approvals, pinned: isPinned ? ['ladder' as const] : [] };
  return (await doubtsAbout(context, world, [question])).get(rollout.key);
}

/** Whether somebody who may declined the revert of this entry. */
async function isDeclined(
  { forge }: Pick<Context, 'forge'>,
  { head, config }: World,
  rollout: Rollout,
): Promise<boolean> {
  const branch = revertBranch(rollout, config.environments);
  const looked = await forge.lookUp(head.oid, [{ path: rollout.file, revertBranch: branch }], 1);
  const reverts = looked.get(rollout.file)?.proposals ?? [];
  const { revert } = await revertJudge(forge, config).of(rollout, reverts);
  return revert.state === 'declined';
}

/** Whether it had started and somebody took that back. */
async function isStartReverted(
  { forge }: Pick<Context, 'forge'>,
  { head, config }: World,
  rollout: Rollout,
): Promise<boolean> {
  if (rollout.status.phase !== 'pending') return false;
  const { file } = rollout;
  const subject = { path: file, revertBranch: revertBranch(rollout, config.environments) };
  const looked = await forge.lookUp(head.oid, [subject], DEPTH);
  const touches = looked.get(file)?.touches ?? [];
  const [reverted = false] = await startsReverted(forge, [{ rollout, touches }], config);
  return reverted;
}

/**
 * On to the next stage without waiting, if nothing is breached. The next stage is that of the entry
 * the person saw: two who say promote at once do not take the flag up two stages.
 */
async function promote(
  context: Context,
  world: World,
  source: ValidSource,
  command: Guarded,
  saying: Saying,
): Promise<Reply | 'superseded'> {
  const { key } = source.rollout;
  if (sinceSaid(source.rollout, saying)) {
    const text = `${key} was not promoted: it ${whereNow(source.rollout)}`;
    return { kind: 'refused', text };
  }
  const { assessments } = await assessAll(world, context, { promote: key });
  const assessment = assessments.find(({ rollout }) => rollout.key === key);
  if (!assessment) return 'superseded';
  const { decision, verdicts } = assessment;
  const move = isStepUp(decision) ? moveOf(assessment) : undefined;
  if (!move) {
    const bad = verdicts
      .filter((verdict) => ['breach', 'warn', 'unavailable'].includes(verdict.kind))
      .map((verdict) => `${verdict.check.metric.name}: ${describeVerdict(verdict)}`);
    return {
      kind: 'refused',
      text: `${key} was not promoted: ${decision.why.text}`,
      ...(bad.length > 0 ? { next: bad.join('; ') } : {}),
    };
  }
  const said = { ...move, ...saidBy(command, saying.user) };
  return write(context, world, said, 'the clock of its stage starts now');
}
