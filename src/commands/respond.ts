import type { GuardedVerb, Who } from '../config/model.ts';
import type { FileChange, Forge, Oid } from '../forge/forge.ts';
import { type Action, act } from '../rollout/actions.ts';
import type { Rollout } from '../rollout/model.ts';
import { didYouMean } from '../rollout/suggest.ts';
import { transition } from '../rollout/transition.ts';
import { commitMessage, readTrailers, subject } from '../tell/commit.ts';
import { type Reply, type Told, toldOf } from '../tell/report.ts';
import { oneLine } from '../tell/text.ts';
import { describeVerdict } from '../tell/verdicts.ts';
import { type Instant, MINUTE } from '../time.ts';
import { type Command, helpText, isGuarded, parseCommand } from './command.ts';
import { CommandError, type Context } from './context.ts';
import { compileTargets, editSources } from './edit.ts';
import { withKill } from './kill.ts';
import { observe, revertBranch, type ValidSource } from './observe.ts';
import type { RolloutSource } from './read.ts';
import { withdrawEnded } from './reverts.ts';
import { readWorld, rolloutsOf, type World } from './world.ts';
import { commitOnto } from './write.ts';

/** How often a command is carried out anew because rollouts changed under it. */
const ATTEMPTS = 5;

type Guarded = Extract<Command, { kind: 'command' }> & {
  readonly verb: GuardedVerb;
  readonly source?: string;
};

/** What a command came in, where a repeated run must not carry it out again. */
export interface Origin {
  /** `comment-123` */
  readonly source: string;
  /** When it was said: nothing before can have carried it out. */
  readonly since: Instant;
}

export interface RespondOptions {
  readonly origin?: Origin;
  /** The world, where it has just been read. */
  readonly world?: World;
}

/** Who says it, and the world as it was when they did. */
interface Saying {
  readonly user: string;
  readonly origin: Origin | undefined;
  readonly first: World;
}

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
          next: `\`${prefix} help\` lists the commands.`,
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
  if (verb === 'status') return showStatus(context, world, command);
  if (!isGuarded(verb)) return { kind: 'ignored', text: '' };

  const found = find(world, command);
  if (found.kind === 'unknown') return { kind: 'refused', text: found.text, next: found.next };
  const { sources } = found;
  const source = sources.find((each) => each.kind === 'valid');
  const owners = source?.rollout.owners ?? [];
  const refusal = await permissionProblem(
    context.forge,
    world.config.commands.allow[verb],
    user,
    owners,
  );
  if (refusal) {
    const text = `\`${user}\` may not say ${verb}: ${refusal.why}`;
    return { kind: 'refused', text, next: refusal.next };
  }
  const done = origin && (await carriedOut(context, world, sources, origin));
  if (done) {
    const next = 'An earlier run of the same comment did it; nothing was done twice.';
    return { kind: 'done', text: done.subject, next, commit: done.oid };
  }
  const guarded = { ...command, verb, ...(origin ? { source: origin.source } : {}) };
  if (!source) return onInvalid(context, world, sources, guarded, user);
  return verb === 'promote'
    ? promote(context, world, source, guarded, user, first)
    : change(context, world, source, { ...guarded, verb }, user);
}

/** Commits to look at for one that carried a command out. */
const DEPTH = 10;
/** Clocks of the one who wrote and the one who commits may differ by this much. */
const SLACK = MINUTE;

/** The commit that carried out what came in this comment, where there is one. */
async function carriedOut(
  { forge }: Pick<Context, 'forge'>,
  world: World,
  sources: readonly RolloutSource[],
  { source, since }: Origin,
): Promise<{ readonly oid: Oid; readonly subject: string } | undefined> {
  const subjects = sources.map((each) => ({
    path: each.path,
    revertBranch:
      each.kind === 'valid'
        ? revertBranch(each.rollout, world.config.environments)
        : 'rollout/revert/none',
  }));
  const looked = await forge.lookUp(world.head.oid, subjects, DEPTH);
  const touches = [...looked.values()].flatMap((each) => each.touches);
  for (const { oid, at } of touches) {
    if (at < since - SLACK) continue;
    const message = await forge.message(oid);
    const [subject = ''] = message.split('\n');
    if (readTrailers(message).some(({ via }) => via === source)) return { oid, subject };
  }
  return undefined;
}

async function showStatus(
  context: Context,
  world: World,
  command: Extract<Command, { kind: 'command' }>,
): Promise<Reply> {
  const { observations } = await observe(world, context);
  const isAsked = (flag: string, environment: string | undefined): boolean =>
    (command.flag === undefined || flag === command.flag) &&
    (command.environment === undefined ||
      (environment ?? command.environment) === command.environment);
  const wanted = observations.filter(({ rollout }) => isAsked(rollout.flag, rollout.environment));
  const invalid = world.sources.filter((source) => {
    const { flag, environment } = nameOf(source, world.config.environments);
    return source.kind === 'invalid' && isAsked(flag, environment);
  });
  if (wanted.length + invalid.length === 0 && command.flag !== undefined) {
    const names = observations.map(({ rollout }) => rollout.flag);
    const text = `there is no rollout of \`${command.flag}\``;
    return { kind: 'refused', text, next: didYouMean(command.flag, names) };
  }
  return {
    kind: 'shown',
    text: '',
    ...(invalid.length > 0
      ? { next: `Invalid, so that nothing moves there and only kill works: ${placesOf(invalid)}` }
      : {}),
    standing: { seen: wanted, policy: world.config.policy },
  };
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
    revertDeclined: verb === 'resume' && (await isDeclined(context, world, rollout)),
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
    by: { user, verb, reason, ...(command.source ? { source: command.source } : {}) },
  };
  const edit = { path: source.path, changes: outcome.changes };
  return write(context, world, editSources(world, world.sources, [edit]), told, outcome.next);
}

/** Whether somebody declined the revert of this entry. */
async function isDeclined(
  { forge }: Pick<Context, 'forge'>,
  { head, config }: World,
  rollout: Rollout,
): Promise<boolean> {
  const branch = revertBranch(rollout, config.environments);
  const looked = await forge.lookUp(head.oid, [{ path: rollout.file, revertBranch: branch }], 1);
  return looked.get(rollout.file)?.proposal?.state === 'declined';
}

/**
 * On to the next stage without waiting, if nothing is breached. The next stage is that of the entry
 * the person saw: two who say promote at once do not take the flag up two stages.
 */
async function promote(
  context: Context,
  world: World,
  source: ValidSource,
  { verb, reason, source: origin }: Guarded,
  user: string,
  first: World,
): Promise<Reply | 'superseded'> {
  const { key, status } = source.rollout;
  const before = rolloutsOf(first).find((rollout) => rollout.key === key)?.status;
  if (before && (before.stage !== status.stage || before.since !== status.since)) {
    const where = status.stage === undefined ? 'is off now' : `moved to ${status.stage} meanwhile`;
    return { kind: 'refused', text: `${key} was not promoted: it ${where}` };
  }
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
    by: { user, verb, reason, ...(origin ? { source: origin } : {}) },
  };
  const edited = editSources(world, world.sources, [{ path: source.path, changes }]);
  return write(context, world, edited, told, 'the clock of its stage starts now');
}

/** Files with the first problem of each. */
function placesOf(sources: readonly RolloutSource[]): string {
  return sources
    .map(({ path, problems: [problem] }) =>
      oneLine(problem ? `${path}:${problem.at.line} ${problem.message}` : path),
    )
    .join('; ');
}

/** A file that is invalid obeys one command: kill. Of several for one flag, each does. */
async function onInvalid(
  context: Context,
  world: World,
  sources: readonly RolloutSource[],
  { verb, flag, reason }: Guarded,
  user: string,
): Promise<Reply | 'superseded'> {
  const where = placesOf(sources);
  const killed = sources.flatMap((source) =>
    source.text === undefined ? [] : [{ ...source, text: withKill(source.text), killed: true }],
  );
  if (verb !== 'kill' || killed.length === 0) {
    return {
      kind: 'refused',
      text: `the rollout's file is invalid: ${where}`,
      next:
        verb === 'kill'
          ? 'Put a file there that says `kill: true`.'
          : 'Mend the file first; only kill works until then.',
    };
  }
  const files = killed.filter(({ text, path }) =>
    sources.some((source) => source.path === path && source.text !== text),
  );
  if (files.length === 0) return { kind: 'nothing', text: `\`${flag}\` is killed already` };
  const said = `kill by ${oneLine(user)}${reason ? `, because: ${reason}` : ''}`;
  return commit(
    context,
    world,
    {
      sources: world.sources.map(
        (source) => killed.find(({ path }) => path === source.path) ?? source,
      ),
      files: files.map(({ path, text }) => ({ path, text })),
      message: `Kill ${flag}\n\n  Said: ${said}\n  The file is invalid (${where}); its last valid form is switched off.\n`,
      text: `Kill ${flag}`,
    },
    { next: 'everybody gets the control; now mend the file' },
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
  /** One that is valid at most; of invalid ones all that may be meant. */
  | { readonly kind: 'found'; readonly sources: readonly RolloutSource[] }
  | { readonly kind: 'unknown'; readonly text: string; readonly next: string };

/** The rollout that a command names; by its file's name and folder where the file is invalid. */
function find(
  world: World,
  { flag = '', environment, verb }: Extract<Command, { kind: 'command' }>,
): Found {
  const { commands, environments } = world.config;
  const names = world.sources.map((source) => ({ source, ...nameOf(source, environments) }));
  const matches = names.filter(
    (each) =>
      each.flag === flag &&
      (environment === undefined ||
        each.environment === undefined ||
        each.environment === environment),
  );
  const keys = new Set(matches.map((each) => `${flag}@${each.environment ?? environments[0]}`));
  if (keys.size > 1) {
    const [first] = keys;
    return {
      kind: 'unknown',
      text: `\`${flag}\` is rolled out in several environments: ${[...keys].join(', ')}`,
      next: `Say which: \`${commands.prefix} ${verb} ${first}\`.`,
    };
  }
  if (matches.length > 0) return { kind: 'found', sources: matches.map(({ source }) => source) };
  const known = names.map((each) =>
    environment === undefined ? each.flag : `${each.flag}@${each.environment ?? environments[0]}`,
  );
  const name = environment === undefined ? flag : `${flag}@${environment}`;
  return {
    kind: 'unknown',
    text: `there is no rollout of \`${name}\``,
    next: didYouMean(name, known),
  };
}

/** Of an invalid file the environment is only known where its folder is called after one. */
function nameOf(
  source: RolloutSource,
  environments: readonly string[],
): { readonly flag: string; readonly environment?: string } {
  if (source.kind === 'valid') return source.rollout;
  const [flag = '', folder = ''] = source.path
    .replace(/\.ya?ml$/, '')
    .split('/')
    .reverse();
  return environments.includes(folder) ? { flag, environment: folder } : { flag };
}

const RANK = { none: 0, read: 1, write: 2, admin: 3 } as const;

/** Why a person may not give a command and what would help, or `undefined` where they may. */
async function permissionProblem(
  forge: Pick<Forge, 'permission' | 'isOwner'>,
  needed: Who,
  user: string,
  owners: readonly string[],
): Promise<{ readonly why: string; readonly next: string } | undefined> {
  const has = await forge.permission(user);
  // An owner is somebody the repository trusts to write, too.
  const least = needed === 'owners' ? 'write' : needed;
  if (RANK[has] < RANK[least]) {
    return { why: `it takes ${least} access, and they have ${has}`, next: 'Ask somebody who may.' };
  }
  if (needed !== 'owners') return undefined;
  const owner = await forge.isOwner(user, owners);
  if (owner === true) return undefined;
  const why = `only its owners may (${owners.join(', ')})`;
  return { why, next: owner === false ? 'Ask one of them.' : owner.unknown };
}
