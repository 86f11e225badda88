import { type Duration, HOUR, type Instant, MINUTE } from '../../src/time.ts';
import type { Health } from './health.ts';
import { YOUNGEST } from './health.ts';
import { beyondStatus, type Check, type Flag, isExposed, type Rules, rank } from './read.ts';

/** What the model knows of a check when a flag was moved. */
export interface Judged {
  readonly check: Check;
  readonly health: Health;
  /** Bad for as long as a breach must last. */
  readonly lasted: boolean;
}

/** One change that the bot made to one rollout file, and all that bears on whether it may. */
export interface Move {
  readonly before: Flag;
  /** `undefined` where the bot left no valid file. */
  readonly after: Flag | undefined;
  /** `tick`, or the verb of a command. */
  readonly by: string;
  /** Who said it, where somebody did. */
  readonly user?: string;
  /** The clock of the run that moved it. */
  readonly now: Instant;
  readonly rules: Rules;
  readonly checks: readonly Judged[];
  /** The last change to the file but for approvals, and whether it was a revert that was merged. */
  readonly changed: { readonly at: Instant; readonly merged: boolean };
  /** Whether somebody took its start back, as far as its last commits say. */
  readonly startReverted?: 'yes' | 'no' | 'unknown';
  /** The revert of this entry as the run last saw it. */
  readonly revert: 'none' | 'open' | 'declined';
  readonly revertOpenedAt?: Instant;
  /** The ladder when the entry began, or nothing where that is not known. */
  readonly ladderBefore?: string;
  /** Whether the environment that comes first is completed. */
  readonly firstCompleted: boolean;
}

/** Who may say what: the table that the people of the soak live by. */
export const MAY: Readonly<Record<string, 'everything' | 'no-owner' | 'nothing'>> = {
  ada: 'everything',
  lin: 'everything',
  grace: 'no-owner',
  rae: 'nothing',
  mallory: 'nothing',
};

const OWNERS_SAY = ['promote', 'approve'];

/** Clocks of two machines, and the moment between deciding and writing. */
const SLACK: Duration = 2 * MINUTE;

/** What is wrong with a move, in words; empty where it is one that the bot may make. */
export function objections(move: Move): readonly string[] {
  const { before, after, by } = move;
  if (!after) return ['left a file that cannot be read'];
  return [
    ...untouched(move, after),
    // What a person wrote by hand is theirs to mend.
    ...ghosts(after).filter((ghost) => !ghosts(before).includes(ghost)),
    ...(by === 'tick' ? ofTick(move, after) : ofCommand(move, after)),
    ...(by === 'tick' && after.kill !== before.kill ? ['touched the kill switch'] : []),
  ];
}

/** A human's change is never lost: not a byte outside the status, not a comment inside it. */
function untouched({ before, by }: Move, after: Flag): readonly string[] {
  const [was, is] = [beyondStatus(before.text), beyondStatus(after.text)];
  const lost = was.comments.filter((comment) => !is.comments.includes(comment));
  return [
    ...(was.rest === is.rest ? [] : ['changed more than the status']),
    // A restart writes a new status.
    ...(lost.length > 0 && by !== 'restart' && by !== 'resume' ? [`lost ${lost.join(', ')}`] : []),
  ];
}

const KEYS = [
  'phase',
  'stage',
  'since',
  'started',
  'serving',
  'entry',
  'approvals',
  'baseline',
  'ladder',
];

/** States that no file may be left in. */
function ghosts(flag: Flag): readonly string[] {
  const { phase, stage, index, since, serving } = flag;
  const moving = phase === 'progressing' || phase === 'completed';
  const wrong: readonly (readonly [boolean, string])[] = [
    [phase === 'progressing' && (stage === undefined || since === undefined), 'no entry'],
    [moving && serving !== 'treatment', `serves ${serving}`],
    [phase === 'pending' && stage !== undefined, 'pending in a stage'],
    [phase === 'rolled-back' && stage === undefined && serving !== 'control', 'off and serving'],
    [phase === 'degraded' && serving !== 'fallback', 'degraded and not serving the fallback'],
    [moving && index < 0, `in the stage ${stage}, which does not exist`],
    [flag.statusKeys.some((key) => ![...KEYS, 'reason'].includes(key)), 'unknown keys'],
  ];
  return wrong.flatMap(([is, text]) => (is ? [`left ${phase}: ${text}`] : []));
}

function ofTick(move: Move, after: Flag): readonly string[] {
  const { before } = move;
  if (before.kill) return ['moved a killed flag'];
  if (rank(after) > rank(before)) return [...climbs(move, after), ...waits(move)];
  if (after.phase === 'paused' && rank(after) === Math.min(rank(before), before.index + 1)) {
    return pauses(move);
  }
  if (rank(after) < rank(before) || ['rolled-back', 'degraded'].includes(after.phase)) {
    return goesBack(move, after);
  }
  return [`changed ${before.phase} ${before.stage} to ${after.phase} ${after.stage} for no reason`];
}

/** What holds for every way up, a person's promote too: one stage, and never into a breach. */
function climbs({ before, ...move }: Move, after: Flag): readonly string[] {
  const one =
    before.phase === 'pending'
      ? after.phase === 'progressing' && after.index === 0
      : before.phase === 'progressing' && rank(after) === rank(before) + 1;
  const bad = isExposed(before) ? move.checks.filter(({ check }) => check.onBreach !== 'warn') : [];
  const dark = isExposed(before) ? move.checks.filter(({ check }) => check.required) : [];
  return [
    ...(one ? [] : [`up from ${before.phase} ${before.stage} to ${after.phase} ${after.stage}`]),
    ...(before.kill ? ['up while killed'] : []),
    ...(move.revert === 'none' || before.phase === 'pending'
      ? []
      : [`up while its revert is ${move.revert}`]),
    ...bad.flatMap(({ check, health }) =>
      health === 'bad' || health === 'warn' ? [`up while ${check.metric} is ${health}`] : [],
    ),
    ...dark.flatMap(({ check, health }) =>
      health === 'dark' ? [`up while nothing is known of ${check.metric}`] : [],
    ),
    ...(before.start !== undefined && move.now < before.start ? ['up before its start'] : []),
    ...(before.after !== undefined && before.phase === 'pending' && !move.firstCompleted
      ? [`started before it is completed in ${before.after}`]
      : []),
    ...(move.ladderBefore !== undefined &&
    before.phase === 'progressing' &&
    move.ladderBefore !== before.ladder
      ? ['up a ladder that changed']
      : []),
  ];
}

/** What a tick waits for and a person's promote does not. */
function waits(move: Move): readonly string[] {
  const { before, changed, now, checks } = move;
  const stage = before.stages[before.index];
  const since = Math.max(before.since ?? 0, before.start ?? 0, changed.at);
  const next = before.stages[before.index + 1];
  const needed = before.phase === 'pending' ? before.firstApprovals : (next?.approvals ?? 0);
  const approved = new Set(
    before.approvals.filter(({ stage: name }) => name === next?.name).map(({ by }) => by),
  ).size;
  const served = now - since + SLACK;
  const unproven = checks.filter(({ check, health }) => check.required && health === 'lacking');
  return [
    ...(before.phase === 'pending' && move.startReverted === 'yes'
      ? ['started though a person took its start back']
      : []),
    ...(stage && before.phase === 'progressing' && served < stage.dwell
      ? [`up after ${Math.round((now - since) / MINUTE)} minutes in ${stage.name}`]
      : []),
    ...(before.phase === 'progressing'
      ? unproven.map(({ check }) => `up without a pass of ${check.metric}`)
      : []),
    // After its last stage a flag completes, whatever the hour.
    ...(next === undefined ? [] : gates(move, approved, needed)),
  ];
}

function gates(move: Move, approved: number, needed: number): readonly string[] {
  return [
    ...(isOpen(move.now, move.rules) ? [] : ['up outside the window, or in a freeze']),
    ...(approved < needed ? [`up with ${approved} of ${needed} approvals`] : []),
    ...(move.before.autoPromote ? [] : ['up though a person must promote it']),
  ];
}

/** Whether flags may advance, by the clock on the wall of the policy's time zone. */
export function isOpen(now: Instant, rules: Rules): boolean {
  const local = new Date(now + rules.hoursEast * HOUR);
  const day = (back: number): string =>
    ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][(local.getUTCDay() + 7 - back) % 7] ?? '';
  const clock = local.toISOString().slice(11, 16);
  const [from = '', to = ''] = rules.hours.split('-');
  const date = local.toISOString().slice(0, 10);
  if (rules.freezes.some((freeze) => freeze.from <= date && date <= freeze.to)) return false;
  if (from < to) return rules.days.includes(day(0)) && from <= clock && clock < to;
  return (
    (rules.days.includes(day(0)) && clock >= from) || (rules.days.includes(day(1)) && clock < to)
  );
}

function pauses({ before, checks, rules }: Move): readonly string[] {
  if (before.phase !== 'progressing') return [`paused what was ${before.phase}`];
  const troubled = checks.some(
    ({ health }) =>
      health === 'bad' ||
      health === 'warn' ||
      health === 'lacking' ||
      (health === 'dark' && rules.onBlind === 'pause'),
  );
  return troubled ? [] : ['paused a flag that nothing is wrong with'];
}

/** What a step back may be offered for: a breach that lasted, on evidence of this entry. */
export function hasCause({
  before,
  checks,
  changed,
  now,
  rules,
}: Pick<Move, 'before' | 'checks' | 'changed' | 'now' | 'rules'>): boolean {
  // A revert is written when it is offered and may be merged much later.
  const entry = Math.max(before.since ?? 0, changed.merged ? changed.at : 0);
  const breached = checks.some(
    ({ check, lasted }) =>
      lasted &&
      (check.onBreach === 'rollback' || check.onBreach === 'degrade') &&
      now - entry + 1000 >= YOUNGEST + check.lasts,
  );
  const blind = checks.some(({ health, check }) => health === 'dark' && check.required);
  return breached || (blind && rules.onBlind === 'rollback');
}

/** Down only for a breach that lasted, on evidence of this entry; or a revert that nobody wanted. */
function goesBack(move: Move, after: Flag): readonly string[] {
  const { before, now, revertOpenedAt } = move;
  if (!isExposed(before)) return ['took back what nobody was exposed to'];
  const oneDown = after.index === before.index - 1 && before.to === 'previous';
  const far = after.phase === 'degraded' || after.stage === undefined || oneDown;
  const overdue =
    move.revert === 'open' &&
    before.commitAfter !== 'never' &&
    now - (revertOpenedAt ?? now) + 1000 >= before.commitAfter;
  const wait = before.via === 'pull-request' && !overdue ? ['committed without waiting'] : [];
  return [
    ...(hasCause(move) || overdue ? wait : ['took back a flag that nothing is wrong with']),
    ...(move.revert === 'declined' ? ['took back what a person said no to'] : []),
    ...(far ? [] : [`down from ${before.stage} to ${after.stage}`]),
  ];
}

/** Whether somebody is listed for the next stage besides whoever was, in place of what nobody recorded. */
function approves(before: Flag, after: Flag, user: string): boolean {
  const next = before.stages[before.index + 1]?.name;
  const isIts = (one: Flag['approvals'][number]): boolean => one.by === user && one.stage === next;
  const others = ({ approvals }: Flag): string =>
    JSON.stringify(approvals.filter((one) => !isIts(one)));
  return after.approvals.filter(isIts).length === 1 && others(before) === others(after);
}

function ofCommand(move: Move, after: Flag): readonly string[] {
  const { before, by, user = '' } = move;
  const may = MAY[user] ?? 'nothing';
  const forbidden =
    may === 'nothing' || (may === 'no-owner' && OWNERS_SAY.includes(by))
      ? [`obeyed ${user}, who may not say ${by}`]
      : [];
  const stays = after.stage === before.stage && after.kill === before.kill;
  const does: Readonly<Record<string, boolean>> = {
    kill: after.kill && after.stage === before.stage && after.phase === before.phase,
    unkill: !after.kill && after.stage === before.stage && after.phase === before.phase,
    rollback:
      after.phase === 'rolled-back' && rank(after) <= rank(before) && after.kill === before.kill,
    pause: after.phase === 'paused' && stays,
    resume: ['progressing', 'pending'].includes(after.phase) && stays,
    restart: after.phase === 'pending' && after.stage === undefined && after.kill === before.kill,
    approve:
      stays &&
      after.phase === before.phase &&
      after.since === before.since &&
      approves(before, after, user),
    promote: rank(after) > rank(before) && after.kill === before.kill,
  };
  return [
    ...forbidden,
    ...(does[by]
      ? []
      : [`${by} made ${before.phase} ${before.stage} ${after.phase} ${after.stage}`]),
    ...(by === 'promote' ? climbs(move, after) : []),
  ];
}
