import type { Assessment, Known } from '../decide/assessment.ts';
import { nothingKnown } from '../decide/assessment.ts';
import { decide } from '../decide/decide.ts';
import type { Failure, Notice } from '../decide/outcome.ts';
import { hold } from '../decide/reasons.ts';
import { isStepBack, isStepUp, steppedUp } from '../decide/transition.ts';
import type { CannotTell } from '../forge/forge.ts';
import type { Measured } from '../judge/basis.ts';
import type { Decision } from '../model/decision.ts';
import { type Doubts, withoutPinned } from '../model/doubts.ts';
import type { Proposal } from '../model/proposal.ts';
import { isExposed, type Rollout } from '../model/rollout.ts';
import type { Verdict } from '../model/verdict.ts';
import { shortfallsOf } from '../repository/compile-targets.ts';
import type { Context } from '../repository/context.ts';
import { type RevertJudge, revertJudge } from '../repository/declines.ts';
import { statedStart } from '../repository/entry-start.ts';
import { type History, lookBack, notConfirmed } from '../repository/history.ts';
import { rolloutsOf, type World } from '../repository/world.ts';
import type { Instant } from '../time.ts';
import { look, measure, openProviders, type Providers, type Verdicts } from './measure.ts';

/** This many flags breaching in one tick point at something they share, not at each of them. */
const OUTAGE = 3;

export interface AssessOptions {
  /** The key of a rollout that a person promotes: the rules that wait are overridden for it. */
  readonly promote?: string | undefined;
  /** The reverts as they were before the world was read; they are read now unless given. */
  readonly proposals?: readonly Proposal[] | undefined;
}

/** Every valid rollout, assessed. */
export interface Assessed {
  /** In the order of the files. */
  readonly assessments: readonly Assessment[];
  readonly proposals: readonly Proposal[];
  /** What could not be looked up. */
  readonly failures: readonly Failure[];
  /** What has the name of a revert, or was done with one, and does not count. */
  readonly notices: readonly Notice[];
  /** What a second round asks. */
  readonly asking: Asking;
}

interface Asking {
  readonly world: World;
  readonly context: Context;
  readonly providers: Providers;
  readonly judge: RevertJudge;
}

/**
 * The first round: measures, judges and decides for every valid rollout, by what the files say.
 * Reads the world and writes nothing.
 */
export async function assess(
  world: World,
  context: Context,
  { promote, proposals: listed }: AssessOptions = {},
): Promise<Assessed> {
  const { config, head } = world;
  const rollouts = rolloutsOf(world);
  const exposed = rollouts.filter(isExposed);
  // Also where nobody is exposed: the revert that took the last ones out is over now.
  const proposals = listed ?? (await context.forge.proposals());
  const providers = await openProviders(context, config, head.oid);
  const asking = { world, context, providers, judge: revertJudge(context.forge, config) };
  const measured = await measureSince(asking, exposed, statedStart);
  const outage = isOutage(rollouts, measured);
  const assessments: Assessment[] = [];
  for (const rollout of rollouts) {
    const isOut = !exposed.includes(rollout);
    assessments.push(
      decided(world, rollout, {
        ...nothingKnown(context.now, config.policy),
        ...measured.get(rollout.key),
        // Before the first decision: a breach whose revert was declined holds, and is not confirmed.
        ...(isOut ? {} : await asking.judge.of(rollout, proposals)),
        entryStart: isOut ? undefined : statedStart(rollout),
        after: afterOf(rollout, rollouts, measured),
        outage,
        promoted: rollout.key === promote,
        badConfig: world.badConfig !== undefined,
      }),
    );
  }
  return { assessments, proposals, failures: [], notices: asking.judge.notices(), asking };
}

/** The second round: decides anew about those that are to move, with what history says of them. */
export async function confirm(
  { assessments, failures, proposals, asking }: Assessed,
  isMoving: (decision: Decision) => boolean,
): Promise<Assessed> {
  const { world, context } = asking;
  // Whoever says promote does not wait for a clock.
  const moving = assessments.filter(
    ({ decision, promoted }) => isMoving(decision) && !(promoted && isStepUp(decision)),
  );
  const histories = await lookBack(world, context, moving);
  const dated = await withHistories(asking, moving, histories.known);
  const doubts = await doubtsOf(asking, dated);
  const confirmed = await withDoubts(asking, dated, doubts);
  const isUnknown = ({ rollout }: Assessment): boolean => !histories.known.has(rollout.key);
  const unknown = moving.filter(isUnknown).map((each) => unconfirmed(each, FILE_CHANGED));
  const after = inPlace(assessments, [...confirmed, ...unknown]);
  return {
    assessments: inPlace(after, await looked(asking, after.filter(isStarting(isMoving)))),
    failures: [...failures, ...histories.failures, ...failuresOf(dated, doubts)],
    notices: asking.judge.notices(),
    proposals,
    asking,
  };
}

const isStarting =
  (isMoving: (decision: Decision) => boolean) =>
  ({ decision }: Assessment): boolean =>
    decision.kind === 'start' && isMoving(decision);

/** Decides again about starts, with what their checks could see. */
async function looked(
  { world, context, providers }: Asking,
  starting: readonly Assessment[],
): Promise<readonly Assessment[]> {
  if (starting.length === 0) return [];
  const rollouts = starting.map(({ rollout }) => rollout);
  const unmeasured = await look(rollouts, providers, world.config, context);
  return starting.flatMap((each) => {
    const missing = unmeasured.get(each.rollout.key);
    return missing ? [decided(world, each.rollout, { ...each, unmeasured: missing })] : [];
  });
}

/** Both rounds, for those who only look. */
export async function assessAll(
  world: World,
  context: Context,
  options: AssessOptions = {},
): Promise<Assessed> {
  const first = await assess(world, context, options);
  return confirm(await confirm(first, isStepBack), isStepUp);
}

/** Some assessments in place of older ones of the same rollouts. */
function inPlace(before: readonly Assessment[], by: readonly Assessment[]): readonly Assessment[] {
  const byKey = new Map(by.map((each) => [each.rollout.key, each]));
  return before.map((each) => byKey.get(each.rollout.key) ?? each);
}

/** Decides by all that is known; targets are asked of the one step up that nothing else holds. */
function decided(
  world: World,
  rollout: Rollout,
  { basis, ...known }: Known & Measured & Pick<Assessment, 'basis'>,
): Assessment {
  const free = decide(rollout, { ...known, badConfig: false });
  const uncompiled = isStepUp(free)
    ? shortfallsOf(world, { kind: 'valid', rollout: steppedUp(rollout, free) })
    : [];
  const all = { ...known, uncompiled };
  const isFree = uncompiled.length === 0 && !known.badConfig;
  const decision = isFree ? free : decide(rollout, all);
  const isMoving = isStepBack(decision) || isStepUp(decision);
  return { ...all, rollout, decision, basis: isMoving ? basis : undefined };
}

async function measureSince(
  { providers, world, context }: Asking,
  rollouts: readonly Rollout[],
  startOf: (rollout: Rollout) => Instant,
): Promise<Verdicts> {
  const entries = rollouts.map((rollout) => ({ rollout, start: startOf(rollout) }));
  return measure(entries, providers, world.config, context);
}

/** What has stood still in breach for long says nothing of this moment. */
function isOutage(rollouts: readonly Rollout[], measured: Verdicts): boolean {
  const moving = rollouts.filter(({ status }) => status.phase === 'progressing');
  return moving.filter(({ key }) => hasBreach(measured.get(key)?.verdicts)).length >= OUTAGE;
}

/** Those of which history is known, decided anew; measured again where their entry began later. */
async function withHistories(
  asking: Asking,
  moving: readonly Assessment[],
  histories: ReadonlyMap<string, History>,
): Promise<readonly Assessment[]> {
  const startOf = ({ key }: Rollout): Instant => histories.get(key)?.entryStart ?? 0;
  const later = moving
    .map(({ rollout }) => rollout)
    .filter((rollout) => startOf(rollout) > statedStart(rollout));
  const again = await measureSince(asking, later, startOf);
  const dated: Assessment[] = [];
  for (const each of moving) {
    const history = histories.get(each.rollout.key);
    if (!history) continue;
    const { entryStart, startReverted } = history;
    dated.push(
      decided(asking.world, each.rollout, {
        ...each,
        ...again.get(each.rollout.key),
        ...(await revertIn(asking, each, history)),
        entryStart,
        startReverted,
      }),
    );
  }
  return dated;
}

/** The revert of an entry as it is now, rather than when all were listed. */
async function revertIn(
  { judge }: Asking,
  { rollout, revert, replaces }: Assessment,
  { reverts }: History,
): Promise<Pick<Known, 'revert' | 'replaces'>> {
  // What was listed before the world was read counts if it is gone by now: whoever took it back
  // made a commit first, which this world does not know.
  const isGone = reverts.every(({ closedBy }) => closedBy?.kind === 'sluice');
  return reverts.length === 0 || (isGone && revert.state === 'open')
    ? { revert, replaces }
    : judge.of(rollout, reverts);
}

type DoubtsByKey = ReadonlyMap<string, Doubts | CannotTell>;

/** What the statuses of rollouts about to move up say that Sluice did not write. */
async function doubtsOf(
  { world, context }: Asking,
  assessments: readonly Assessment[],
): Promise<DoubtsByKey> {
  // Most ticks move nothing up, and need not load what reads comments.
  if (!assessments.some(({ decision }) => isStepUp(decision))) return new Map();
  const { doubtsAbout, questionOf } = await import('../repository/authority.ts');
  const questions = assessments.flatMap((each) => questionOf(each) ?? []);
  return doubtsAbout(context, world, questions);
}

/** Decided anew where their status is in doubt; without the levels that Sluice did not pin. */
async function withDoubts(
  asking: Asking,
  assessments: readonly Assessment[],
  doubts: DoubtsByKey,
): Promise<readonly Assessment[]> {
  const starts = new Map(assessments.map(({ rollout, entryStart }) => [rollout.key, entryStart]));
  const unpinned = assessments.flatMap(({ rollout, entryStart }) => {
    const doubt = doubts.get(rollout.key);
    if (entryStart === undefined || !doubt || !('approvals' in doubt)) return [];
    return doubt.baseline === undefined ? [] : [withoutPinned(rollout, doubt)];
  });
  const again = await measureSince(asking, unpinned, ({ key }) => starts.get(key) ?? 0);
  return assessments.map((each) => {
    const { key } = each.rollout;
    const doubt = doubts.get(key);
    if (doubt === undefined) return each;
    if ('unknown' in doubt) return unconfirmed(each, STATUS_WRITTEN);
    return decided(asking.world, each.rollout, { ...each, ...again.get(key), doubts: doubt });
  });
}

const failuresOf = (assessments: readonly Assessment[], doubts: DoubtsByKey): readonly Failure[] =>
  assessments.flatMap((each) => {
    const doubt = doubts.get(each.rollout.key);
    return doubt && 'unknown' in doubt ? [notConfirmed([each], doubt.unknown)] : [];
  });

/** What a step up rests on could not be looked up: it does not go up. A way back does not wait. */
function unconfirmed(assessment: Assessment, what: string): Assessment {
  if (!isStepUp(assessment.decision)) return assessment;
  return { ...assessment, decision: hold('unconfirmed', `${what} could not be looked up`) };
}

const FILE_CHANGED = 'when its file last changed';
const STATUS_WRITTEN = 'who wrote its status';

const hasBreach = (verdicts: readonly Verdict[] = []): boolean =>
  verdicts.some(
    ({ kind, check: { onBreach } }) =>
      kind === 'breach' && (onBreach === 'rollback' || onBreach === 'degrade'),
  );

function afterOf(
  rollout: Rollout,
  rollouts: readonly Rollout[],
  measured: Verdicts,
): Known['after'] {
  if (rollout.after === undefined) return 'none';
  const before = rollouts.find(({ key }) => key === `${rollout.flag}@${rollout.after}`);
  if (before?.status.phase !== 'completed' || before.kill) return 'waiting';
  // It is about to go back there: this very tick must not start it here.
  return hasBreach(measured.get(before.key)?.verdicts) ? 'breached' : 'completed';
}
