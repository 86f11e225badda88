import { decide } from '../decide/decide.ts';
import type { Facts } from '../decide/facts.ts';
import { hold } from '../decide/reasons.ts';
import { isStepUp, steppedUp } from '../decide/transition.ts';
import type { ValidSource } from '../files/read.ts';
import type { CannotTell } from '../forge/forge.ts';
import type { Doubts } from '../model/doubts.ts';
import type { Proposal } from '../model/proposal.ts';
import type { Rollout } from '../model/rollout.ts';
import { isExposed } from '../model/rollout.ts';
import type { Verdict } from '../model/verdict.ts';
import { shortfallsOf } from '../repository/compile-targets.ts';
import type { Context } from '../repository/context.ts';
import { type Judged, revertJudge } from '../repository/declines.ts';
import { statedStart } from '../repository/entry-start.ts';
import {
  type LookedBack,
  lookBack,
  movesUp,
  notConfirmed,
  stepsBack,
} from '../repository/history.ts';
import { rolloutsOf, type World } from '../repository/world.ts';
import type { Failure, Notice, Seen } from '../tell/report.ts';
import { type Entry, measure, openProviders, type Verdicts } from './measure.ts';

/** What a pass saw of a rollout, with the file it is in. */
export interface Observation extends Seen {
  readonly source: ValidSource;
  /** Sluice's own reverts that are over and were no answer: what goes back is offered in their place. */
  readonly replaces: readonly Proposal[];
}

/** This many flags breaching in one tick point at something they share, not at each of them. */
const OUTAGE = 3;

/** What a person's promote changes: the rules that wait are overridden for this one rollout. */
export interface ObserveOptions {
  readonly promote?: string;
  /** The reverts as they were before the world was read; they are read now unless given. */
  readonly proposals?: readonly Proposal[];
}

/** What was measured, and what follows from it by what the files say. */
export interface Pass {
  /** One a valid rollout, in the order of the files. */
  readonly observations: readonly Observation[];
  readonly proposals: readonly Proposal[];
  /** What has the name of a revert, or was done with one, and does not count. */
  notices(): readonly Notice[];
  /** Decides anew about some that are to move, with what history says of them. */
  confirm(moving: readonly Observation[]): Promise<Confirmed>;
}

/** Some rollouts decided anew. */
export interface Confirmed {
  readonly observations: readonly Observation[];
  readonly failures: readonly Failure[];
}

/** Measures, judges and decides, for every valid rollout. Reads the world and writes nothing. */
export async function observe(
  world: World,
  context: Context,
  options: ObserveOptions = {},
): Promise<Pass> {
  const exposed = rolloutsOf(world).filter(isExposed);
  // Also where nobody is exposed: the revert that took the last ones out is over now.
  const proposals = options.proposals ?? (await context.forge.proposals());
  const providers = await openProviders(context, world.config, world.head.oid);
  const stated = exposed.map((rollout) => ({ rollout, start: statedStart(rollout) }));
  const verdicts = await measure(stated, providers, world.config, context);
  const decideWith = decider(world, context, verdicts, options);
  const starts = new Map(stated.map(({ rollout, start }) => [rollout.key, start]));
  // Before the first decision: a breach whose revert was declined holds, and is not confirmed.
  const judge = revertJudge(context.forge, world.config);
  const reverts = new Map<string, Judged>();
  for (const rollout of exposed) reverts.set(rollout.key, await judge.of(rollout, proposals));

  return {
    proposals,
    notices: judge.notices,
    observations: world.sources.flatMap((source): Observation[] => {
      if (source.kind !== 'valid') return [];
      const { rollout } = source;
      const start = starts.get(rollout.key);
      const entry = { rollout, ...(start === undefined ? {} : { start }) };
      return [{ source, ...decideWith(entry, verdicts, reverts.get(rollout.key)) }];
    }),
    confirm: async (moving) => {
      // Whoever says promote does not wait for a clock.
      const asked = moving.filter(
        ({ rollout, decision }) => !(movesUp(decision) && rollout.key === options.promote),
      );
      const { entries, failures } = await lookBack(world, context, asked);
      const later = entries.flatMap(({ rollout, start }) =>
        start !== undefined && start > statedStart(rollout) ? [{ rollout, start }] : [],
      );
      const again = await measure(later, providers, world.config, context);
      const byKey = new Map<string, Reconsidered>();
      for (const entry of entries) {
        const { key } = entry.rollout;
        const measured = again.has(key) ? again : verdicts;
        // What was listed before the world was read counts if it is gone by now: whoever took it back
        // made a commit first, which this world does not know.
        const gone = entry.reverts.every(({ closedBy }) => closedBy?.kind === 'sluice');
        const listed = reverts.get(key);
        const known =
          entry.reverts.length === 0 || (gone && listed?.revert.state === 'open')
            ? listed
            : await judge.of(entry.rollout, entry.reverts);
        byKey.set(key, { entry, known, seen: decideWith(entry, measured, known) });
      }
      const doubts = await doubtsOf(
        world,
        context,
        [...byKey.values()].map(({ seen }) => seen),
      );
      const unknown: Failure[] = [];
      const unpinned = await measure(unpinnedOf(entries, doubts), providers, world.config, context);
      const observations = moving.map((each): Observation => {
        const { rollout } = each;
        const found = byKey.get(rollout.key);
        if (!found) return asked.includes(each) ? unconfirmed(each, FILE_CHANGED) : each;
        const seen: Observation = { ...each, ...found.seen };
        const doubt = doubts.get(rollout.key);
        if (doubt === undefined) return seen;
        if ('unknown' in doubt) {
          unknown.push(notConfirmed([each], doubt.unknown));
          return unconfirmed(seen, STATUS_WRITTEN);
        }
        const judged = [unpinned, again, verdicts].find((all) => all.has(rollout.key)) ?? verdicts;
        return { ...seen, ...decideWith({ ...found.entry, doubts: doubt }, judged, found.known) };
      });
      return { observations, failures: [...failures, ...unknown] };
    },
  };
}

/** The whole of it, for those who only look. */
export async function observeAll(
  world: World,
  context: Context,
  options: ObserveOptions = {},
): Promise<Pass> {
  const pass = await observe(world, context, options);
  let { observations } = pass;
  for (const moves of [stepsBack, movesUp]) {
    const { observations: confirmed } = await pass.confirm(
      observations.filter(({ decision }) => moves(decision)),
    );
    observations = replaced(observations, confirmed);
  }
  return { ...pass, observations };
}

/** Some observations in place of older ones of the same rollouts. */
export function replaced(
  before: readonly Observation[],
  by: readonly Observation[],
): readonly Observation[] {
  const byKey = new Map(by.map((each) => [each.rollout.key, each]));
  return before.map((each) => byKey.get(each.rollout.key) ?? each);
}

/** What a step up rests on could not be looked up: it does not go up. A way back does not wait. */
function unconfirmed(observation: Observation, what: string): Observation {
  if (!movesUp(observation.decision)) return observation;
  return { ...observation, decision: hold('unconfirmed', `${what} could not be looked up`) };
}

const FILE_CHANGED = 'when its file last changed';
const STATUS_WRITTEN = 'who wrote its status';

type DoubtsByKey = ReadonlyMap<string, Doubts | CannotTell>;

/** What the statuses of rollouts about to move up say that Sluice did not write. */
async function doubtsOf(
  world: World,
  context: Context,
  seen: readonly Seen[],
): Promise<DoubtsByKey> {
  // Most ticks move nothing up, and need not load what reads comments.
  if (!seen.some(({ decision }) => movesUp(decision))) return new Map();
  const { doubtsAbout, questionOf } = await import('../repository/authority.ts');
  const questions = seen.flatMap((each) => questionOf(each, world.config) ?? []);
  return doubtsAbout(context, world, questions);
}

/** Rollouts to be judged again, without the levels that Sluice did not pin. */
function unpinnedOf(entries: readonly LookedBack[], doubts: DoubtsByKey): readonly Entry[] {
  return entries.flatMap(({ rollout, start }) => {
    const doubt = doubts.get(rollout.key);
    if (start === undefined || !doubt || 'unknown' in doubt || !doubt.baseline) return [];
    return [{ rollout: { ...rollout, status: { ...rollout.status, baseline: {} } }, start }];
  });
}

/** A decision, and what it would be offered in the place of. */
type Decided = Seen & Pick<Observation, 'replaces'>;

/** A rollout with what history says of it, and what was decided by that. */
interface Reconsidered {
  readonly entry: LookedBack;
  readonly known: Judged | undefined;
  readonly seen: Decided;
}

/** Puts the facts of a rollout together and decides. */
function decider(world: World, context: Context, all: Verdicts, options: ObserveOptions) {
  const rollouts = rolloutsOf(world);
  // What has stood still in breach for long says nothing of this moment.
  const moving = rollouts.filter(({ status }) => status.phase === 'progressing');
  const outage =
    moving.filter(({ key }) => hasBreach(all.get(key)?.verdicts ?? [])).length >= OUTAGE;
  return (
    entry: Pick<LookedBack, 'rollout' | 'start' | 'startReverted'> & { readonly doubts?: Doubts },
    verdicts: Verdicts,
    { revert, replaces }: Judged = { revert: { state: 'none' }, replaces: [] },
  ): Decided => {
    const { rollout, start, startReverted, doubts } = entry;
    const { verdicts: judged, split, trial } = verdicts.get(rollout.key) ?? { verdicts: [] };
    const facts: Facts = {
      now: context.now,
      ...(start === undefined ? {} : { entryStart: start }),
      ...(startReverted ? { startReverted } : {}),
      ...(doubts ? { doubts } : {}),
      verdicts: judged,
      policy: world.config.policy,
      revert,
      after: afterOf(rollout, rollouts, all),
      outage,
      promoted: options.promote === rollout.key,
      uncompiled: [],
      ...(split ? { split } : {}),
      ...(trial ? { trial } : {}),
    };
    const free = decide(rollout, facts);
    // Targets are asked of the one step that nothing else holds.
    const uncompiled = isStepUp(free)
      ? shortfallsOf(world, { kind: 'valid', rollout: steppedUp(rollout, free) })
      : [];
    const able = uncompiled.length === 0 ? free : decide(rollout, { ...facts, uncompiled });
    const decision =
      world.badConfig !== undefined && movesUp(able)
        ? hold('bad-config', 'the config has errors, and nothing goes up until it is fixed')
        : able;
    return {
      rollout,
      verdicts: judged,
      ...(split ? { split } : {}),
      ...(trial ? { trial } : {}),
      decision,
      ...(start === undefined ? {} : { entryStart: start }),
      replaces,
    };
  };
}

function hasBreach(verdicts: readonly Verdict[]): boolean {
  return verdicts.some(
    ({ kind, check: { onBreach } }) =>
      kind === 'breach' && (onBreach === 'rollback' || onBreach === 'degrade'),
  );
}

function afterOf(
  rollout: Rollout,
  rollouts: readonly Rollout[],
  verdicts: Verdicts,
): Facts['after'] {
  if (rollout.after === undefined) return 'none';
  const before = rollouts.find(({ key }) => key === `${rollout.flag}@${rollout.after}`);
  if (before?.status.phase !== 'completed' || before.kill) return 'waiting';
  // It is about to go back there: this very tick must not start it here.
  return hasBreach(verdicts.get(before.key)?.verdicts ?? []) ? 'breached' : 'completed';
}
