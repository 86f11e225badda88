import type { Proposal } from '../forge/forge.ts';
import type { Verdict } from '../judge/verdict.ts';
import type { Decision } from '../rollout/decision.ts';
import type { Facts, Revert } from '../rollout/facts.ts';
import { decide } from '../rollout/lifecycle.ts';
import type { Rollout } from '../rollout/model.ts';
import { isExposed } from '../rollout/model.ts';
import type { Seen } from '../tell/report.ts';
import { formatInstant, type Instant } from '../time.ts';
import type { Context } from './context.ts';
import { DEPTH, entryStart, statedStart } from './entry.ts';
import { type Entry, measure, openProviders, type Verdicts } from './measure.ts';
import type { RolloutSource } from './read.ts';
import { rolloutsOf, type World } from './world.ts';

export type ValidSource = Extract<RolloutSource, { kind: 'valid' }>;

/** What a pass saw of a rollout, with the file it is in. */
export interface Observation extends Seen {
  readonly source: ValidSource;
}

export interface Observed {
  readonly observations: readonly Observation[];
  readonly proposals: readonly Proposal[];
}

/** This many flags breaching in one tick point at something they share, not at each of them. */
const OUTAGE = 3;

/** What a person's promote changes: the rules that wait are overridden for this one rollout. */
export interface ObserveOptions {
  readonly promote?: string;
}

/** Measures, judges and decides, for every valid rollout. Reads the world and writes nothing. */
export async function observe(
  world: World,
  context: Context,
  options: ObserveOptions = {},
): Promise<Observed> {
  const rollouts = rolloutsOf(world);
  const exposed = rollouts.filter(isExposed);
  // Also where nobody is exposed: the revert that took the last ones out is over now.
  const proposals = await context.forge.proposals();
  const stated = exposed.map((rollout) => ({ rollout, start: statedStart(rollout) }));
  const providers = await openProviders(context, world.config, world.head.oid);
  const verdicts = await measure(stated, providers, world.config, context);
  const decideWith = decider(world, context, verdicts, options);

  const first = stated.map((entry) => decideWith(entry, verdicts, proposals));
  // Only what is about to move up must know when its file last changed; and, like what is about to
  // be offered back, whether somebody declined a revert whose branch is gone since.
  const candidates = first.filter(
    ({ decision, rollout }) =>
      (movesUp(decision) && rollout.key !== options.promote) ||
      isOffer(decision) ||
      // A revert is written when it is offered and may be merged long after: its evidence is younger.
      (rollout.status.phase === 'rolled-back' && decision.kind === 'rollback'),
  );
  const confirmed = await confirm(world, context, candidates);
  const again = await measure(
    confirmed.filter(({ rollout, start }) => start > statedStart(rollout)),
    providers,
    world.config,
    context,
  );
  const second = confirmed.map((entry) =>
    decideWith(entry, again.has(entry.rollout.key) ? again : verdicts, entry.reverts),
  );

  const byKey = new Map([...first, ...second].map((each) => [each.rollout.key, each]));
  return {
    proposals,
    observations: world.sources.flatMap((source): Observation[] => {
      if (source.kind !== 'valid') return [];
      const { rollout } = source;
      const seen = byKey.get(rollout.key) ?? decideWith({ rollout }, new Map(), []);
      return [{ source, ...seen }];
    }),
  };
}

const movesUp = ({ kind }: Decision): boolean => kind === 'advance' || kind === 'complete';

const isOffer = (decision: Decision): boolean =>
  'lane' in decision && decision.lane === 'pull-request';

interface Confirmed extends Entry {
  readonly reverts: readonly Proposal[];
}

/** Looks up, in one batch, what the file alone does not say of flags about to move. */
async function confirm(
  world: World,
  { forge }: Pick<Context, 'forge'>,
  candidates: readonly Seen[],
): Promise<readonly Confirmed[]> {
  if (candidates.length === 0) return [];
  const subjects = candidates.map(({ rollout }) => ({
    path: rollout.file,
    revertBranch: revertBranch(rollout, world.config.environments),
  }));
  const looked = await forge.lookUp(world.head.oid, subjects, DEPTH);
  return Promise.all(
    candidates.map(async ({ rollout, decision }) => {
      const { touches = [], proposal } = looked.get(rollout.file) ?? {};
      const start = movesUp(decision)
        ? await entryStart(forge, rollout, touches)
        : statedStart(rollout);
      return { rollout, start, reverts: proposal ? [proposal] : [] };
    }),
  );
}

/** Puts the facts of a rollout together and decides. */
function decider(world: World, context: Context, all: Verdicts, options: ObserveOptions) {
  const rollouts = rolloutsOf(world);
  // What has stood still in breach for long says nothing of this moment.
  const moving = rollouts.filter(({ status }) => status.phase === 'progressing');
  const outage = moving.filter(({ key }) => hasBreach(all.get(key) ?? [])).length >= OUTAGE;
  return (
    entry: { rollout: Rollout; start?: Instant },
    verdicts: Verdicts,
    proposals: readonly Proposal[],
  ): Seen => {
    const { rollout, start } = entry;
    const judged = verdicts.get(rollout.key) ?? [];
    const facts: Facts = {
      now: context.now,
      ...(start === undefined ? {} : { entryStart: start }),
      verdicts: judged,
      policy: world.config.policy,
      revert: revertOf(proposals, revertBranch(rollout, world.config.environments)),
      after: afterOf(rollout, rollouts),
      outage,
      promoted: options.promote === rollout.key,
    };
    const decision = decide(rollout, facts);
    return {
      rollout,
      verdicts: judged,
      decision,
      ...(start === undefined ? {} : { entryStart: start }),
    };
  };
}

function hasBreach(verdicts: readonly Verdict[]): boolean {
  return verdicts.some(
    ({ kind, check: { onBreach } }) =>
      kind === 'breach' && (onBreach === 'rollback' || onBreach === 'degrade'),
  );
}

function afterOf(rollout: Rollout, rollouts: readonly Rollout[]): Facts['after'] {
  if (rollout.after === undefined) return 'none';
  const before = rollouts.find(({ key }) => key === `${rollout.flag}@${rollout.after}`);
  return before?.status.phase === 'completed' && !before.kill ? 'completed' : 'waiting';
}

/**
 * The branch of a revert, named for the entry that it would end: another entry gets another one.
 * The environment is named only where there are several.
 */
export function revertBranch(rollout: Rollout, environments: readonly string[]): string {
  const { flag, environment, status } = rollout;
  const name = environments.length > 1 ? `${flag}@${environment}` : flag;
  const since = formatInstant(statedStart(rollout)).replace(/[-:]/g, '');
  return `rollout/revert/${name}/${status.stage ?? 'none'}-${since}`;
}

function revertOf(proposals: readonly Proposal[], branch: string): Revert {
  const proposal = proposals.find((each) => each.branch === branch);
  switch (proposal?.state) {
    case 'open':
      return { state: 'open', openedAt: proposal.openedAt };
    // One that was merged, of an entry that goes on all the same, was undone: they have seen it.
    case 'merged':
    case 'declined':
      return { state: 'declined' };
    default:
      return { state: 'none' };
  }
}
