import type { GuardedVerb, Who } from '../config/model.ts';
import type { FileChange, Forge, Oid } from '../forge/forge.ts';
import { type Action, act } from '../rollout/actions.ts';
import type { Rollout } from '../rollout/model.ts';
import { didYouMean } from '../rollout/suggest.ts';
import { transition } from '../rollout/transition.ts';
import { commitMessage, subject } from '../tell/commit.ts';
import type { Seen, Told } from '../tell/report.ts';
import { toldOf } from '../tell/report.ts';
import { describeVerdict } from '../tell/verdicts.ts';
import { type Command, helpText, isGuarded, parseCommand } from './command.ts';
import { CommandError, type Context } from './context.ts';
import { compileTargets, editSources } from './edit.ts';
import { withKill } from './kill.ts';
import { observe, type ValidSource } from './observe.ts';
import type { RolloutSource } from './read.ts';
import { withdrawEnded } from './reverts.ts';
import { readWorld, type World } from './world.ts';
import { commitOnto } from './write.ts';

/** How often a command is carried out anew because rollouts changed under it. */
const ATTEMPTS = 5;

/** What a person is told who gave a command. Text is plain; doors dress it up. */
export interface Reply {
  readonly kind: 'ignored' | 'refused' | 'nothing' | 'done' | 'failed' | 'shown';
  /** What happened, or why nothing did. */
  readonly text: string;
  /** What happens next, or what to do. */
  readonly next?: string;
  readonly commit?: Oid;
  /** For `status`: what was seen. */
  readonly observations?: readonly Seen[];
}

type Guarded = Extract<Command, { kind: 'command' }> & { readonly verb: GuardedVerb };

/**
 * Obeys a command: reads it, asks whether its author may give it, and commits what it changes.
 * State is that of the branch, never of a pull request. Rollback and kill go to the branch at once.
 *
 * @param user who said it; asked for its permission now
 * @throws CommandError as `reconcile` does
 */
export async function respond(context: Context, text: string, user: string): Promise<Reply> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const world = await readWorld(context);
    const { prefix } = world.config.commands;
    const command = parseCommand(text, prefix);
    switch (command.kind) {
      case 'none':
        return { kind: 'ignored', text: `no line begins with ${prefix}` };
      case 'bad':
        return { kind: 'refused', text: command.problem, next: `Say \`${prefix} help\`.` };
      case 'command': {
        const reply = await carryOut(context, world, command, user);
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
  user: string,
): Promise<Reply | 'superseded'> {
  const { verb } = command;
  if (verb === 'help') return { kind: 'shown', text: helpText(world.config.commands.prefix) };
  if (verb === 'status') return showStatus(context, world, command);
  if (!isGuarded(verb)) return { kind: 'ignored', text: '' };

  const found = find(world, command);
  if (found.kind === 'unknown') return { kind: 'refused', text: found.text, next: found.next };
  const { source } = found;
  const owners = source.kind === 'valid' ? source.rollout.owners : [];
  const refusal = await permissionProblem(
    context.forge,
    world.config.commands.allow[verb],
    user,
    owners,
  );
  if (refusal) return { kind: 'refused', text: `${user} may not say ${verb}: ${refusal}` };
  const guarded = { ...command, verb };
  if (source.kind === 'invalid') return onInvalid(context, world, source, guarded, user);
  return verb === 'promote'
    ? promote(context, world, source, guarded, user)
    : change(context, world, source, { ...guarded, verb }, user);
}

async function showStatus(
  context: Context,
  world: World,
  command: Extract<Command, { kind: 'command' }>,
): Promise<Reply> {
  const { observations } = await observe(world, context);
  const wanted = observations.filter(
    ({ rollout }) =>
      (command.flag === undefined || rollout.flag === command.flag) &&
      (command.environment === undefined || rollout.environment === command.environment),
  );
  if (wanted.length === 0 && command.flag !== undefined) {
    const names = observations.map(({ rollout }) => rollout.flag);
    const text = `there is no rollout of \`${command.flag}\``;
    return { kind: 'refused', text, next: didYouMean(command.flag, names) };
  }
  return { kind: 'shown', text: '', observations: wanted };
}

/** A decision of a person that asks no metrics. */
async function change(
  context: Context,
  world: World,
  source: ValidSource,
  command: Guarded & { readonly verb: Action },
  user: string,
): Promise<Reply | 'superseded'> {
  const { rollout } = source;
  const { verb, reason } = command;
  const outcome = act(verb, rollout, {
    now: context.now,
    by: user,
    reason,
    policy: world.config.policy,
  });
  if (outcome.kind === 'nothing') {
    const text = `${rollout.key}: ${outcome.text}`;
    return { kind: outcome.already ? 'nothing' : 'refused', text };
  }
  const told: Told = {
    rollout,
    action: verb,
    ...(outcome.to === undefined ? {} : { to: outcome.to }),
    why: reason || `${user} said ${verb}`,
    verdicts: [],
    by: { user, verb, reason },
  };
  const edit = { path: source.path, changes: outcome.changes };
  return write(context, world, editSources(world, world.sources, [edit]), told, outcome.next);
}

/** On to the next stage without waiting, if nothing is breached. */
async function promote(
  context: Context,
  world: World,
  source: ValidSource,
  { verb, reason }: Guarded,
  user: string,
): Promise<Reply | 'superseded'> {
  const { key } = source.rollout;
  const { observations } = await observe(world, context, { promote: key });
  const seen = observations.find(({ rollout }) => rollout.key === key);
  if (!seen) return 'superseded';
  const { decision, verdicts, rollout } = seen;
  if (decision.kind !== 'start' && decision.kind !== 'advance' && decision.kind !== 'complete') {
    const bad = verdicts
      .filter((verdict) => ['breach', 'warn', 'unavailable'].includes(verdict.kind))
      .map((verdict) => `${verdict.check.metric.name}: ${describeVerdict(verdict)}`);
    return {
      kind: 'refused',
      text: `${key} was not promoted: ${decision.why.text}`,
      ...(bad.length > 0 ? { next: bad.join('; ') } : {}),
    };
  }
  const changes = transition(rollout, decision, verdicts, context.now);
  const told: Told = {
    ...toldOf(seen),
    why: reason || `${user} said promote`,
    by: { user, verb, reason },
  };
  const edited = editSources(world, world.sources, [{ path: source.path, changes }]);
  return write(context, world, edited, told, 'the clock of its stage starts now');
}

/** A file that is invalid obeys one command: kill. */
async function onInvalid(
  context: Context,
  world: World,
  source: Extract<RolloutSource, { kind: 'invalid' }>,
  command: Guarded,
  user: string,
): Promise<Reply | 'superseded'> {
  const [problem] = source.problems;
  const where = problem ? `${source.path}:${problem.at.line} ${problem.message}` : source.path;
  if (command.verb !== 'kill' || source.text === undefined) {
    return {
      kind: 'refused',
      text: `the rollout's file is invalid: ${where}`,
      next: 'Mend the file first; only kill works until then.',
    };
  }
  const text = withKill(source.text);
  if (text === source.text) return { kind: 'nothing', text: `${source.path} is killed already` };
  const killed = { ...source, text, killed: true };
  const sources = world.sources.map((each) => (each === source ? killed : each));
  const message = `Kill ${command.flag ?? source.path}\n\n  Said: kill by ${user}\n  The file is invalid (${where}); its last valid form is switched off.\n`;
  const files = [{ path: source.path, text }];
  return commit(
    context,
    world,
    { sources, files, message, text: `Kill ${command.flag}` },
    {
      next: 'everybody gets the control; now mend the file',
    },
  );
}

interface Edits {
  readonly sources: readonly RolloutSource[];
  readonly files: readonly FileChange[];
  readonly refused: ReadonlyMap<string, string>;
}

async function write(
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
  const message = commitMessage([told]);
  return commit(context, world, { sources, files, message, text: subject([told]) }, { next });
}

async function commit(
  context: Context,
  world: World,
  what: Pick<Edits, 'sources' | 'files'> & { readonly message: string; readonly text: string },
  { next }: { readonly next: string },
): Promise<Reply | 'superseded'> {
  const changes = [...what.files, ...compileTargets(world, what.sources).files];
  if (context.dryRun)
    return { kind: 'done', text: `${what.text} (dry run: nothing was written)`, next };
  const written = await commitOnto(context, world, world.head, what.message, changes);
  if (written.kind === 'superseded') return 'superseded';
  if (written.kind === 'refused') {
    return { kind: 'failed', text: 'the branch did not take the commit', next: written.detail };
  }
  const proposals = await context.forge.proposals();
  await withdrawEnded(context, world, proposals, what.sources);
  return { kind: 'done', text: what.text, next, commit: written.oid };
}

type Found =
  | { readonly kind: 'found'; readonly source: RolloutSource }
  | { readonly kind: 'unknown'; readonly text: string; readonly next: string };

/** The rollout that a command names; by its file's name where the file is invalid. */
function find(
  world: World,
  { flag = '', environment, verb }: Guarded | Extract<Command, { kind: 'command' }>,
): Found {
  const matches = world.sources.filter((source) => {
    const [stem, folder] = source.path
      .replace(/\.ya?ml$/, '')
      .split('/')
      .reverse();
    return source.kind === 'valid'
      ? source.rollout.flag === flag &&
          (environment === undefined || source.rollout.environment === environment)
      : stem === flag && (environment === undefined || folder === environment);
  });
  const [source, ...others] = matches;
  if (source && others.length === 0) return { kind: 'found', source };
  const { prefix } = world.config.commands;
  if (source) {
    const names = matches.map((each) => (each.kind === 'valid' ? each.rollout.key : each.path));
    return {
      kind: 'unknown',
      text: `\`${flag}\` is rolled out in several environments: ${names.join(', ')}`,
      next: `Say which: \`${prefix} ${verb} ${names[0]}\`.`,
    };
  }
  const known = world.sources.flatMap((each) => (each.kind === 'valid' ? [each.rollout] : []));
  const name = environment === undefined ? flag : `${flag}@${environment}`;
  return {
    kind: 'unknown',
    text: `there is no rollout of \`${name}\``,
    next: didYouMean(
      name,
      known.map((each: Rollout) => (environment === undefined ? each.flag : each.key)),
    ),
  };
}

const RANK = { none: 0, read: 1, write: 2, admin: 3 } as const;

/** Why a person may not give a command, or `undefined` where they may. */
async function permissionProblem(
  forge: Pick<Forge, 'permission' | 'isOwner'>,
  needed: Who,
  user: string,
  owners: readonly string[],
): Promise<string | undefined> {
  if (needed === 'owners') {
    // An owner is somebody the repository trusts to write, too.
    if (RANK[await forge.permission(user)] < RANK.write) return 'it takes write access';
    const owner = await forge.isOwner(user, owners);
    return owner ? undefined : `only its owners may (${owners.join(', ')})`;
  }
  const has = await forge.permission(user);
  return RANK[has] >= RANK[needed] ? undefined : `it takes ${needed} access, and they have ${has}`;
}
