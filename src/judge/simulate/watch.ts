import type { Check, Mean, Proportion } from '../../model/check.ts';
import { isRelative } from '../../model/limits.ts';
import { kindOf, type Rollout, type Stage } from '../../model/rollout.ts';
import { type Duration, MINUTE } from '../../time.ts';
import { armsOf } from '../arms.ts';
import { budgetOf } from '../limits/budget.ts';
import { type Asked, edgesOf } from '../limits/edges.ts';
import { referenceOf } from '../limits/reference.ts';
import type { TestedEntry } from '../sequential/spec.ts';

/** A check that a simulation can judge: one on counts. */
export type CountedCheck = Check & { readonly metric: Proportion | Mean };

/** What a metric is like while all is well. */
export interface Health {
  /** The share of events, or the mean. */
  readonly level: number;
  /** Of a mean: the standard deviation of one sample; as large as the mean where nobody says. */
  readonly deviation?: number;
  /** Samples a minute, of all users. */
  readonly perMinute: number;
  /** Whether somebody said so; otherwise it was taken from the limits. */
  readonly given: boolean;
}

/** A simulation: a rollout, its checks' metrics in health, and how many of them to run. */
export interface Scenario {
  readonly rollout: Rollout;
  readonly settle: Duration;
  readonly confidence: number;
  /** By the name of the metric. */
  readonly health: ReadonlyMap<string, Health>;
  /** The part of the traffic that gets the treatment at a stage, by its name; none where unknown. */
  readonly shares: ReadonlyMap<string, number>;
  readonly dispersion: number;
  readonly runs: number;
  readonly seed: number;
}

/** One check in one stage: what its tests ask, and what they will be told. */
export interface Watch {
  readonly check: CountedCheck;
  readonly stage: Stage;
  readonly health: Health;
  /** The treatment's part of the traffic, from 0 to 1. */
  readonly share: number;
  /** Samples a minute. */
  readonly treatment: number;
  readonly control: number;
  /** How much of what the treatment's query counts is the treatment: 1 where it asks by variant. */
  readonly purity: number;
  readonly asked: readonly Asked[];
  readonly spec: TestedEntry;
  /** How long a change takes to reach users; evidence is counted from then on. */
  readonly settle: Duration;
  /** How long evidence is counted: what is left of the dwell. */
  readonly length: Duration;
  /** Limits are left out here that have nothing to be relative to. */
  readonly blind: boolean;
  readonly dispersion: number;
}

export const isCounted = (check: Check): check is CountedCheck =>
  check.metric.kind === 'proportion' || check.metric.kind === 'mean';

/** Every check in every stage whose share of the traffic is known, as the first try would judge it. */
export function watchesOf(scenario: Scenario): readonly Watch[] {
  const { rollout, shares } = scenario;
  return rollout.checks.filter(isCounted).flatMap((check) =>
    rollout.stages.flatMap((stage) => {
      const share = shares.get(stage.name);
      const health = scenario.health.get(check.metric.name);
      if (share === undefined || health === undefined) return [];
      return [watchOf(scenario, check, health, stage, share)];
    }),
  );
}

function watchOf(
  { rollout, settle, confidence, dispersion }: Scenario,
  check: CountedCheck,
  health: Health,
  stage: Stage,
  share: number,
): Watch {
  const there = standingAt(rollout, stage, { [check.metric.name]: health.level });
  const { control, comparable } = armsOf(there, check);
  const reference = referenceOf(
    { check, comparable },
    there,
    control ? { samples: 1, value: health.level } : undefined,
    health.level,
  );
  const asked = [
    ...edgesOf(check.limits, 'breach', reference),
    ...edgesOf(check.warn, 'warn', reference),
  ];
  const whole = health.perMinute;
  // A query that names no variant counts everyone.
  const apart = control || kindOf(stage) === 'everyone';
  return {
    check,
    stage,
    health,
    share,
    treatment: whole * (apart ? share : 1),
    // Mirrored traffic is served twice; everyone still gets the control.
    control: control ? whole * (stage.shadow ? 1 : 1 - share) : 0,
    purity: apart ? 1 : share,
    asked,
    spec: {
      metric: check.metric.kind,
      from: 0,
      planned: stage.duration,
      ...budgetOf(there, check, confidence),
    },
    settle,
    length: Math.max(0, stage.duration - settle),
    blind: reference === undefined && (isRelative(check.limits) || isRelative(check.warn)),
    dispersion,
  };
}

/**
 * The rollout as it stands in a stage at its first try. What the stages before could measure of the
 * control is pinned by the time everyone has the treatment.
 */
function standingAt(
  rollout: Rollout,
  stage: Stage,
  levels: Readonly<Record<string, number>>,
): Rollout {
  const pinned = kindOf(stage) === 'everyone' && stage !== rollout.stages[0];
  return {
    ...rollout,
    status: {
      phase: 'progressing',
      stage: stage.name,
      serving: 'treatment',
      approvals: [],
      entry: 1,
      baseline: pinned ? levels : {},
    },
  };
}

/** How many samples the treatment sees by the end of a duration. */
export const samplesIn = ({ treatment }: Watch, duration: Duration): number =>
  Math.max(0, Math.floor((treatment * duration) / MINUTE));

/** A metric that many times as bad: more of it where its limits are upper ones, less otherwise. */
export function worsened({ check, health, purity }: Watch, factor: number): number {
  const { max, maxIncrease, maxRatio } = check.limits;
  const up = max !== undefined || maxIncrease !== undefined || maxRatio !== undefined;
  const worse = up ? health.level * factor : health.level / factor;
  const most = check.metric.kind === 'proportion' ? 1 : Number.POSITIVE_INFINITY;
  return health.level + purity * (Math.min(most, worse) - health.level);
}

/** Whether a level is past any limit that a breach is made of. */
export function isPast({ asked, health }: Watch, level: number): boolean {
  return asked.some(({ level: kind, edge }) => {
    if (kind !== 'breach') return false;
    const at =
      edge.against === 'level'
        ? edge.level
        : edge.against === 'ratio'
          ? edge.ratio * health.level
          : health.level + edge.by;
    // A level on the limit keeps to it, also where rounding says it does not.
    const margin = 1e-9 * Math.abs(at);
    return edge.side === 'upper' ? level > at + margin : level < at - margin;
  });
}
